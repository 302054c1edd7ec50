"""Every page of the site by name, and a site with few rows or many behind them: for tests and benchmarks of what pages cost."""

from __future__ import annotations

from django.contrib import admin
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import User
from courses.models import Completion, Course, Step
from courses.pages import shelf
from discussions import marking, moderation
from discussions.models import Comment
from tests import factories
from tests.whole_site.test_access import READ, draft_token


def addresses() -> dict[str, str]:
    """Those of the table of access that somebody may read, and the lists and forms of the workbench. Needs `more_rows` before it."""
    assert get_resolver().url_patterns  # reads them, and they say what stands in the workbench
    comment = Comment.objects.order_by("pk")[1]
    read = {name: row[0] for name, row in READ.items() if 200 in row[1:] and "TOKEN" not in row[0]}
    token = draft_token()
    found = {name: address.replace("COMMENT", str(comment.pk)).replace("LINK", token) for name, address in read.items()}
    for model in admin.site._registry:
        kind, base = model._meta.model_name, f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found[f"admin:{kind}"] = reverse(f"{base}_changelist")
        one = model._default_manager.order_by("pk").first()
        if one is not None:
            found[f"admin:{kind}-change"] = reverse(f"{base}_change", args=[one.pk])
    for page in ("tree", "link"):
        found[f"admin:course-{page}"] = reverse(
            f"admin:courses_course_{page}", args=[Course.objects.order_by("pk")[0].pk]
        )
    return found


def readers(learner: User, educator: User) -> dict[str, Client]:
    found = {"visitor": Client(), "learner": Client(), "educator": Client()}
    for name, person in (("learner", learner), ("educator", educator)):
        found[name].force_login(person)
        factories.show_it_is_them(found[name])
    return found


def more_rows(*, course: Course, learner: User, times: int) -> None:
    """`times` more of everything that pages list: steps, comments and answers, marks, reports, notifications, progress."""
    step = Step.objects.select_related("course").get(slug="one-a")
    for _ in range(times):
        somebody = factories.person()
        root = factories.comment(step, learner)
        answer = factories.comment(step, somebody, parent=root)
        aside = factories.comment(step, somebody)
        for mark in (marking.like, marking.bookmark, marking.follow):
            mark(person=learner, comment=aside, on=True)
        marking.mute(person=learner, comment=factories.comment(step, factories.person()), on=True)
        moderation.report(comment=answer, reporter=learner, reason="spam")
        factories.step(course.topics.first(), fresh=False)
    factories.ready(course)
    for finished in Step.objects.live().exclude(completions__learner=learner)[: 2 * times]:
        Completion.objects.create(learner=learner, step=finished, fingerprint=finished.fingerprint)
    shelf.clear()
