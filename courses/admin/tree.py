"""A course as a tree on one page: weeks, topics and steps with what is to be known of each, put in order, moved, copied, retired there.

Every act is a button of one form that says in its value what it is about: "retire step-12", or, for a move, where it leads from and to,
"step-12 from 3 before 15 in 4". So the page needs no script, and an act that no longer fits what somebody else did meanwhile is
noticed. `static/js/tree.js` sends the same words when something is dragged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from courses import arranging, copying, fragments, history, publishing
from courses.admin.branches import Branch, tree_of
from courses.admin.ordering import OrderedList
from courses.admin.pages import OwnPagesAdmin
from courses.content.planning import CONFLICTS
from courses.models import Course, Step, Topic, Week

KINDS: Mapping[str, type[Week | Topic | Step]] = {"week": Week, "topic": Topic, "step": Step}
BACK = "back"  # ?back=tree on a form: after saving, the tree is where one came from
KEY = re.compile(r"(week|topic|step)-(\d{1,18})", re.ASCII)
MOVE = re.compile(rf"{KEY.pattern} from (\d{{1,18}}) (?:(before|after) (\d{{1,18}}) )?in (\d{{1,18}})", re.ASCII)
ACT = re.compile(rf"(duplicate|retire|restore|publish|unpublish) {KEY.pattern}", re.ASCII)


class TreeList(OrderedList):
    """The list of courses leads to their trees."""

    def url_for_result(self, result: Any) -> str:
        return reverse("admin:courses_course_tree", args=[result.pk])


class BackToTree(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who opened a form from the tree comes back to it, at the place of what was saved."""

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _to_tree(request, obj) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _to_tree(request, obj) or super().response_post_save_change(request, obj)


def _to_tree(request: HttpRequest, obj: Any) -> HttpResponseRedirect | None:
    if request.GET.get(BACK) != "tree":
        return None
    course = obj.pk if isinstance(obj, Course) else obj.course_id
    fragment = "" if isinstance(obj, Course) else f"#{obj._meta.model_name}-{obj.pk}"
    return HttpResponseRedirect(reverse("admin:courses_course_tree", args=[course]) + fragment)


class TreeAdmin(BackToTree, OwnPagesAdmin):
    """Adds the tree to the admin of courses."""

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """A new course is empty: its tree is where one goes on."""
        return HttpResponseRedirect(reverse("admin:courses_course_tree", args=[obj.pk]))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TreeList

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Any, str]] = [
            ("<int:pk>/tree/", require_http_methods(["GET", "HEAD", "POST"])(self.tree_view), "tree"),
            ("<int:pk>/tree/<slug:key>/move/", require_safe(self.tree_move_view), "tree_move"),
            ("<int:pk>/tree/<slug:key>/retire/", require_safe(self.tree_retire_view), "tree_retire"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"courses_course_{name}") for route, view, name in pages
        ]
        return [*own, *super().get_urls()]

    def tree_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The tree; and each act that its buttons ask for."""
        course: Course = self.row_to_see(request, pk)
        if request.method == "POST":
            return self._act(request, course, request.POST.get("do", ""))
        return self._tree_page(request, course)

    def tree_move_view(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        """Every place to which a week, topic or step can be moved, in one list."""
        course: Course = self.row_to_see(request, pk)
        row = self._row_to_change(request, course, key)
        if row.retired_at:
            raise Http404
        return self.own_page(
            request,
            "tree_move",
            _("Move “%(title)s”") % {"title": row.title},
            {"course": course, "row": row, "key": key, "groups": _places_for(tree_of(course), row, key)},
        )

    def tree_retire_view(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        """What becomes of the steps of a week or topic when it is retired, before it is."""
        course: Course = self.row_to_see(request, pk)
        row = self._row_to_change(request, course, key)
        if row.retired_at or isinstance(row, Step):
            raise Http404
        steps = arranging.steps_in(row).filter(retired_at=None)
        drafts = steps.filter(published=False).count()
        title = _("Retire “%(title)s”") % {"title": row.title}
        return self.own_page(
            request,
            "tree_retire",
            title,
            {"course": course, "row": row, "key": key, "steps": steps.count(), "drafts": drafts},
        )

    def _row_to_change(self, request: HttpRequest, course: Course, key: str) -> Any:
        """A row of this course by its key on the page. Raises Http404 where there is none, PermissionDenied where it is not theirs."""
        match = KEY.fullmatch(key)
        if not match:
            raise Http404
        kind = KINDS[match[1]]
        manager = self.admin_site.get_model_admin(kind)
        row = get_object_or_404(manager.get_queryset(request).filter(course=course), pk=match[2])
        if not manager.has_change_permission(request, row):
            raise PermissionDenied
        return row

    def _may(self, request: HttpRequest, course: Course) -> dict[str, bool]:
        """What this person finds buttons for: asked once for each kind, not for each row."""
        found = {"course": self.has_change_permission(request, course)}
        for what, kind in KINDS.items():
            manager = self.admin_site.get_model_admin(kind)
            found[what] = manager.has_change_permission(request)
            found[f"add_{what}"] = manager.has_add_permission(request)
        return found

    def _tree_page(self, request: HttpRequest, course: Course, focus: str = "", status: int = 200) -> HttpResponse:
        context = {
            "course": course,
            "tree": tree_of(course),
            "may": self._may(request, course),
            "focus": focus,
            "undecided": len(course.loaded.get(CONFLICTS, ())),
        }
        title = _("Outline of “%(title)s”") % {"title": course.title}
        return self.own_page(request, "tree", title, context, status=status)

    def _act(self, request: HttpRequest, course: Course, asked: str) -> HttpResponse:
        """Do what a button says, tell about it, and lead back to the place where it was pressed."""
        status = 200
        if move := MOVE.fullmatch(asked):
            focus, refused = self._move(request, course, move)
            status = 409 if refused else 200
        elif act := ACT.fullmatch(asked):
            row = self._row_to_change(request, course, f"{act[2]}-{act[3]}")
            acts = {"duplicate": self._duplicate, "retire": self._retire, "restore": self._restore}
            acts |= {"publish": self._publish, "unpublish": self._unpublish}
            focus = acts[act[1]](request, row)
        else:
            messages.error(request, _("Nothing was changed: the page asked for something that is not known here."))
            focus, status = "", 400
        if fragments.asked(request):
            course.refresh_from_db()
            return self._tree_page(request, course, focus, status)
        return HttpResponseRedirect(f"{request.path}#{focus}" if focus else request.path)

    def _move(self, request: HttpRequest, course: Course, asked: re.Match[str]) -> tuple[str, bool]:
        """Returns where the focus goes, and whether the move was refused."""
        what, pk, was_in, side, beside, inside = asked.groups()
        key = f"{what}-{pk}"
        row = self._row_to_change(request, course, key)
        place = {side: int(beside)} if side else {}
        try:
            row = arranging.place(row=row, was_in=int(was_in), inside=int(inside), by=request.user, **place)
        except arranging.Stale as stale:
            messages.error(request, _("Nothing was moved. %(why)s This is the order as it is now.") % {"why": stale})
            return key, True
        words = _said_of_move(row)
        self.log_change(request, row, words)
        messages.success(request, words)
        return _button(row, key, pressed_up=side == "before") if was_in == inside else key, False

    def _duplicate(self, request: HttpRequest, row: Any) -> str:
        if row.retired_at:
            raise Http404
        kinds = list(KINDS.values())
        for kind in kinds[kinds.index(type(row)) :]:  # a week is copied with its topics, a topic with its steps
            if not self.admin_site.get_model_admin(kind).has_add_permission(request):
                raise PermissionDenied
        made = _copy_of(row)
        history.record_new(made, by=request.user)
        words = _("“%(title)s” was made, with drafts of all its steps.") % {"title": made.title}
        if isinstance(made, Step):
            words = _("A draft was made: “%(title)s”.") % {"title": made.title}
        self.log_addition(request, made, words)
        messages.success(request, words)
        return f"{made._meta.model_name}-{made.pk}"

    def _retire(self, request: HttpRequest, row: Any) -> str:
        if isinstance(row, Step):
            steps = arranging.retire(steps=[row], by=request.user)
            words = _("“%(title)s” was retired. What learners did and said on it is kept.") % {"title": row.title}
        else:
            steps = arranging.retire_whole(row=row, by=request.user)
            count = ngettext("%(n)d step", "%(n)d steps", len(steps)) % {"n": len(steps)}
            words = _("“%(title)s” was retired with %(steps)s.") % {"title": row.title, "steps": count}
        self._log(request, row, steps, _("Retired."))
        messages.success(request, words)
        parent = arranging.parent_of(row)
        return f"retired-{parent._meta.model_name}-{parent.pk}"

    def _restore(self, request: HttpRequest, row: Any) -> str:
        by = request.user
        if isinstance(row, Step):
            back, refused = arranging.restore(steps=[row], by=by)
        else:
            back, refused = arranging.restore_whole(row=row, by=by)
        self._log(request, row, back, _("Restored."))
        if back or not isinstance(row, Step):
            count = ngettext("%(n)d step", "%(n)d steps", len(back)) % {"n": len(back)}
            words = _("“%(title)s” is back.") if isinstance(row, Step) else _("“%(title)s” is back with %(steps)s.")
            messages.success(request, words % {"title": row.title, "steps": count})
        for step in refused:
            why = _("“%(title)s” stays retired: its address “%(slug)s” is another step's now. Give it a new one first.")
            messages.error(request, why % {"title": step.title, "slug": step.slug})
        return f"{row._meta.model_name}-{row.pk}"

    def _publish(self, request: HttpRequest, row: Any) -> str:
        return self._show(request, row, publishing.publish, _("Published."), _("Learners see “%(title)s” now."))

    def _unpublish(self, request: HttpRequest, row: Any) -> str:
        words = _("“%(title)s” is a draft now. What learners did and said on it is kept.")
        return self._show(request, row, publishing.unpublish, _("Unpublished."), words)

    def _show(self, request: HttpRequest, row: Any, verb: Callable[..., list[Any]], what: str, words: str) -> str:
        if not isinstance(row, Step) or row.retired_at:
            raise Http404
        for changed in verb(rows=[row], by=request.user):
            self.log_change(request, changed, what)
        messages.success(request, words % {"title": row.title})
        return f"step-{row.pk}"

    def _log(self, request: HttpRequest, row: Any, steps: Iterable[Step], what: str) -> None:
        for changed in {row, *steps}:
            self.log_change(request, changed, what)


def _copy_of(row: Week | Topic | Step) -> Week | Topic | Step:
    match row:
        case Week():
            return copying.duplicate_week(week=row)
        case Topic():
            return copying.duplicate_topic(topic=row)
        case Step():
            return copying.duplicate_step(step=row)


def _said_of_move(row: Week | Topic | Step) -> str:
    """Where a row stands now, in words for eyes and ears."""
    rows = list(arranging.siblings(row).filter(retired_at=None).values_list("pk", flat=True))
    words = _("“%(title)s” now stands in “%(place)s”, %(n)d of %(all)d.")
    place = arranging.parent_of(row).title
    return words % {"title": row.title, "place": place, "n": rows.index(row.pk) + 1, "all": len(rows)}


def _button(row: Week | Topic | Step, key: str, *, pressed_up: bool) -> str:
    """The button that was pressed; at an end, where it rests, its neighbour."""
    rows = list(arranging.siblings(row).filter(retired_at=None).values_list("pk", flat=True))
    up = pressed_up if rows[0] != row.pk and rows[-1] != row.pk else rows[-1] == row.pk
    return f"{'up' if up else 'down'}-{key}"


def _places_for(tree: Branch, row: Any, key: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each parent that can take a row: its name and, for every place in it, what the form sends and what it is called."""
    parents = {"week": [tree], "topic": tree.inside, "step": [topic for week in tree.inside for topic in week.inside]}
    was_in = arranging.parent_of(row).pk
    groups = []
    for parent in parents[row._meta.model_name]:
        here = f"in {parent.row.pk}"
        places = [
            (
                f"{key} from {was_in} before {other.row.pk} {here}",
                _("Before %(title)s") % {"title": f"{other.number} {other.row.title}".strip()},
            )
            for other in parent.inside
            if other.row.pk != row.pk
        ]
        groups.append((parent.row.title, [*places, (f"{key} from {was_in} {here}", _("At the end"))]))
    return groups
