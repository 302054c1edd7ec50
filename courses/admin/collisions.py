"""Two people at one form: who saves second is told before anything is saved, sees what the other did, and chooses field by field.

The form says which state it was filled from (`seen`). Where the row is in another one by now, the form comes back unsaved with what
was written, and beside it what changed meanwhile. What is then ticked is taken from the other; both versions are in the history.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from courses import history, restoring
from courses.admin.differences import Piece, difference, label
from courses.admin.parts import kept_file
from courses.admin.preview import Preview
from courses.content.comparing import PARTS
from courses.content.errors import ContentErrors
from courses.content.merging import Fields
from courses.models import Revision, Step

SEEN = "seen"  # the state a form was filled from
FIRST_SEEN = "first-seen"  # the state before the other's change, while one chooses
THEIRS, THEIR_VERSION = "theirs", "their-version"  # the fields to take from the other, and the version that has them
SEARCHED = 100  # of the newest versions, for the one that the form was filled from


def digest(fields: Fields) -> str:
    """Tells one state of a row from another; its place among its neighbours is no part of it."""
    known = {name: value for name, value in fields.items() if name != "position"}
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Change:
    """A field that the other changed: how, and how mine differs from it (nothing when I left it as it was)."""

    name: str
    label: str
    theirs: list[Piece]
    mine: list[Piece]
    can_be_taken: bool


@dataclass(frozen=True)
class Collision:
    latest: Revision | None  # the other's version
    others: list[Revision]  # what was saved since the form was opened, the newest first
    changes: list[Change]
    seen: str  # the state that the form answers when it is sent again
    first_seen: str


def trial_of(request: HttpRequest) -> Preview | None:
    """What takes the new files while a form is saved on trial and taken back; None when it is really saved."""
    return getattr(request, "trial", None)


class CollisionsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin whose form is not saved over what somebody else saved meanwhile. `HistoryAdmin` keeps the versions."""

    def _changeform_view(self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: Any) -> Any:
        request.chosen = _chosen(request)  # type: ignore[attr-defined]
        sent = request.POST.get(SEEN)
        if request.method != "POST" or object_id is None or not sent:
            return self._form_view(request, object_id, form_url, extra_context)
        # Behind the course's lock, until the end of the request.
        row: Any = self.get_object(request, unquote(object_id))
        now = history.fields_of(row)
        refused: list[str] = []
        if digest(now) == sent:
            try:
                with transaction.atomic():
                    return self._form_view(request, object_id, form_url, extra_context)
            except ContentErrors as error:  # what was taken from the other does not go with the rest
                refused = [f"{label(p.field)}: {p.message}" if p.field else p.message for p in error.problems]
                sent = request.POST.get(FIRST_SEEN, sent)
        if isinstance(row, Step):
            _follow_parts(request, row, _before(row, sent) or {})
        mine = self._trial(request, object_id, form_url, extra_context)
        collision = _collision(row, now, mine, sent)
        request.collision, request.refused = collision, refused  # type: ignore[attr-defined]
        return self._form_view(request, object_id, form_url, extra_context)

    def _form_view(self, *args: Any) -> Any:
        return super()._changeform_view(*args)  # type: ignore[misc]

    def _trial(self, request: HttpRequest, object_id: str, form_url: str, extra_context: Any) -> Fields | None:
        """The row as it would be if the form were saved; None when it cannot be. Nothing of it stays."""
        with transaction.atomic():
            request.trial, request.tried = Preview(), None  # type: ignore[attr-defined]
            self._form_view(request, object_id, form_url, extra_context)
            transaction.set_rollback(True)
        found: Fields | None = request.tried  # type: ignore[attr-defined]
        del request.trial, request.tried  # type: ignore[attr-defined]
        return found

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if getattr(request, "collision", None):
            words = _(
                "Not saved: somebody else changed this while you were writing. Your words stand in the form; nothing is lost."
            )
            form.refused = [words, *request.refused]  # type: ignore[attr-defined]
        return form

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """What was ticked is taken from the other, after mine was saved: so both are kept. Raises ContentErrors."""
        if trial_of(request):
            request.tried = history.fields_of(obj)  # type: ignore[attr-defined]
            return HttpResponse()
        names, number = request.POST.getlist(THEIRS), request.POST.get(THEIR_VERSION, "")
        if names and number.isascii() and number.isdigit() and len(number) < 19:
            version = history.revisions_of(obj).filter(pk=int(number)).first()
            if version:
                restoring.restore(row=obj, revision=version, fields=names, by=request.user)
        if FIRST_SEEN in request.POST:
            # Parts that the other added are there although this form does not know them: text and parts are checked as a whole.
            problems = restoring.problems_of(obj, history.fields_of(obj))
            if problems:
                raise ContentErrors(problems)
        return super().response_change(request, obj)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        collision = getattr(request, "collision", None)
        row = context.get("original")
        context = {**context, "files_chosen": request.chosen}  # type: ignore[attr-defined]
        if collision:
            context |= {"collision": collision, "seen": collision.seen}
        elif row and request.method == "POST" and SEEN in request.POST:
            context["seen"] = request.POST[SEEN]  # it comes back with mistakes; what it was filled from is the same
        elif row:
            context["seen"] = digest(history.fields_of(row))
        response = super().render_change_form(request, context, *args, **kwargs)
        if collision:
            response.status_code = 409
        return response


def _chosen(request: HttpRequest) -> list[str]:
    """The files that came with the form, by name and place. To be asked before the checks, which may give a picture another name."""
    found = []
    for key, files in request.FILES.lists():
        part, *rest = key.split("-")
        place = label(part)
        if rest and (uid := request.POST.get(f"{part}-{rest[0]}-uid")):
            place = f"{place}: {uid}"
        found += [f"{file.name} ({place})" for file in files]
    return found


def _before(row: Any, seen: str) -> Fields | None:
    """The version that a form was filled from."""
    newest = history.revisions_of(row).values_list("fields", flat=True)[:SEARCHED]
    return next((fields for fields in newest if digest(fields) == seen), None)


@dataclass(frozen=True)
class SentRows:
    """The rows of one part's form as they were sent, by number: of parts that are there, that the other took away, and new ones."""

    prefix: str
    there: list[int]
    gone: list[int]
    new: list[int]

    @property
    def part(self) -> str:
        return self.prefix.split("-")[0]


def _follow_parts(request: HttpRequest, step: Step, before: Fields) -> None:
    """Rows of parts that the other took away become new rows of the form, so that what was written in them stays.

    Their file is that of `before`, the version that the form was filled from. A row whose file nobody knows any more goes; the page
    shows what went.
    """
    sent = request.POST.copy()
    for rows in [rows for rows in _sent_rows(sent, step) if rows.gone]:
        entries = _entries(before, rows.prefix)
        has_file = "file" in PARTS[rows.part]
        kept = [i for i in rows.gone if i < len(entries) or not has_file]
        order = [*rows.there, *kept, *rows.new]
        _renumber(sent, rows, order)
        _renumber(request.FILES, rows, order)
        for place, i in enumerate(kept, start=len(rows.there)):
            sent[f"{rows.prefix}-{place}-id"] = ""
            if i < len(entries):
                # Browsers do not send the id of a row that has one: it cannot be changed.
                sent.setdefault(f"{rows.prefix}-{place}-uid", entries[i].get("uid", ""))
            if has_file:
                sent[f"{rows.prefix}-{place}-kept"] = kept_file(entries[i]["file"])
        sent[f"{rows.prefix}-INITIAL_FORMS"] = str(len(rows.there))
        sent[f"{rows.prefix}-TOTAL_FORMS"] = str(len(order))
    request.POST = sent  # type: ignore[assignment]


def _sent_rows(sent: QueryDict, step: Step) -> Iterator[SentRows]:
    """The rows of each part's form; of a form that no browser would send none."""
    for prefix in [key.removesuffix("-INITIAL_FORMS") for key in sent if key.endswith("-INITIAL_FORMS")]:
        part, counts = prefix.split("-")[0], [sent.get(f"{prefix}-{what}_FORMS", "") for what in ("INITIAL", "TOTAL")]
        if part not in PARTS or not all(n.isascii() and n.isdigit() and len(n) < 4 for n in counts):
            continue
        initial, total = map(int, counts)
        now = {str(row.pk) for row in getattr(step, part).all() if getattr(row, "retired_at", None) is None}
        there = [i for i in range(initial) if sent.get(f"{prefix}-{i}-id") in now]
        gone = [i for i in range(initial) if i not in there]
        yield SentRows(prefix, there, gone, [*range(initial, total)])


def _renumber(sent: MultiValueDict[str, Any], rows: SentRows, order: list[int]) -> None:
    """Put what was sent for these rows under new numbers: each row under its place in `order`; one that is not in it goes."""
    fields = {
        i: {key: sent.pop(key) for key in [*sent] if key.startswith(f"{rows.prefix}-{i}-")}
        for i in (*rows.there, *rows.gone, *rows.new)
    }
    for place, i in enumerate(order):
        for key, values in fields[i].items():
            name = key.removeprefix(f"{rows.prefix}-{i}-")
            sent.setlist(f"{rows.prefix}-{place}-{name}", values)


def _entries(fields: Fields, prefix: str) -> list[Fields]:
    """The stored entries that the rows of a part's form were filled from; questions have two forms, one for each kind."""
    entries: list[Fields] = fields.get(prefix.split("-")[0], [])
    if prefix.startswith("questions"):
        return [entry for entry in entries if (entry["kind"] == "worksheet") == (prefix != "questions")]
    return entries


def _collision(row: Any, now: Fields, mine: Fields | None, seen: str) -> Collision:
    newest = list(history.revisions_of(row).select_related("author")[:SEARCHED])
    at = next((i for i, revision in enumerate(newest) if digest(revision.fields) == seen), None)
    # Without the version that the form was filled from, all that differs from mine counts as the other's.
    before: Fields = newest[at].fields if at is not None else mine or {}
    names = history.differing(before, now, besides=["position"])
    latest = newest[0] if newest and digest(newest[0].fields) == digest(now) else None
    changes = [
        Change(
            name,
            label(name),
            theirs=difference(before[name], now[name]),
            mine=difference(now[name], mine[name]) if mine and mine.get(name) not in (before[name], now[name]) else [],
            can_be_taken=latest is not None and name not in restoring.NOT_RESTORED,
        )
        for name in names
    ]
    # A form with mistakes in it meets the other's change once more when they are mended.
    return Collision(
        latest, newest[:at] if at is not None else newest[:1], changes, digest(now) if mine else seen, seen
    )
