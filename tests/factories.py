"""Plain makers of what tests need. Each makes and returns one thing; what is not given is ordinary."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

from allauth.mfa import app_settings as mfa
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import EDUCATORS, MODERATORS, User
from courses.content import writing
from courses.models import Course, CourseRole, ReflectionQuestion, Step, Topic, Week
from discussions import posting
from discussions.models import Alias, Comment

_numbers = count(1)
_small_courses: dict[str, tuple[dict[str, dict[str, Any]], dict[str, Any]]] = {}
PASSWORD = "plum harbour seven lanterns"


def person(handle: str = "", **fields: Any) -> User:
    """Somebody with a password; who helps to run the site (is_staff) has a second lock too, as the site asks of them."""
    made = User.objects.create_user(handle or f"learner {next(_numbers)}", PASSWORD, **fields)
    if made.is_staff:
        second_lock(made)
    return made


def educator(handle: str = "Noor") -> User:
    return person(handle, is_staff=True, is_superuser=True)


def second_lock(of: User) -> str:
    """Connect an authenticator app; gives its secret, for `code_of`."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(of, secret)
    return secret


def code_of(secret: str) -> str:
    """What the app shows now; the site takes it for half a minute after the app has moved on, too."""
    counter = int(time.time()) // mfa.TOTP_PERIOD
    return totp.format_hotp_value(totp.hotp_value(secret.replace(" ", ""), counter))


def show_it_is_them(client: Client) -> None:
    """Give the password once more in a browser that is logged in."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def course_writer(handle: str = "Ines") -> User:
    """Somebody in the group Educators who is no administrator."""
    made = person(handle, is_staff=True)
    made.groups.add(Group.objects.get(name=EDUCATORS))
    return made


def moderator(handle: str = "Mo") -> User:
    """Somebody in the group Moderators."""
    made = person(handle, is_staff=True)
    made.groups.add(Group.objects.get(name=MODERATORS))
    return made


def helper(of: Course, role: str = "educator", handle: str = "Ida") -> User:
    """Somebody who has a role in this course and in no other."""
    made = person(handle, is_staff=True)
    CourseRole.objects.create(person=made, course=of, role=role)
    return made


def course(slug: str = "harbour", **fields: Any) -> Course:
    defaults = {"uid": slug, "title": f"Course {slug}", "tagline": "A short course.", "position": 0}
    return Course.objects.create(slug=slug, **{**defaults, **fields})


def week(of: Course, **fields: Any) -> Week:
    n = next(_numbers)
    return Week.objects.create(course=of, **{"uid": f"week-{n}", "title": f"Week {n}", "position": n, **fields})


def topic(of: Week, **fields: Any) -> Topic:
    n = next(_numbers)
    fields = {"uid": f"topic-{n}", "title": f"Topic {n}", "position": n, **fields}
    return Topic.objects.create(week=of, course=of.course, **fields)


def step(of: Topic, slug: str = "", *, questions: tuple[str, ...] = (), fresh: bool = True, **fields: Any) -> Step:
    """A step, rendered, with its course's outline up to date (unless fresh=False: then call `ready`)."""
    n = next(_numbers)
    slug = slug or f"step-{n}"
    defaults = {"uid": slug, "title": f"Title of {slug}", "body": "Some **plain** words.", "minutes": 5, "position": n}
    made = Step.objects.create(topic=of, course=of.course, slug=slug, **{**defaults, **fields})
    for i, text in enumerate(questions, 1):
        ReflectionQuestion.objects.create(step=made, uid=f"q{i}", text=text, position=i)
    if fresh:
        writing.refresh(of.course, rendered=[made])
    return made


def ready(of: Course) -> Course:
    """Render everything of a course and bring its outline up to date."""
    writing.refresh(of, rendered=list(of.steps.select_related("course")))
    return of


def small_course(slug: str = "harbour") -> Course:
    """Two weeks, three topics, six steps: one-a … three-b. Its steps are rendered once in a process, and their HTML is kept."""
    rendered, links = _small_courses.get(slug, ({}, {}))
    made = course(slug, outline=links)
    first, second = week(made, uid="first"), week(made, uid="second")
    for name, place in (("one", first), ("two", first), ("three", second)):
        inside = topic(place, uid=name, title=f"Topic {name}")
        for letter in "ab":
            step(inside, f"{name}-{letter}", fresh=False, **rendered.get(f"{name}-{letter}", {}))
    if rendered:
        writing.refresh(made)
        return made
    ready(made)
    found = made.steps.values("slug", "body_html", "page", "render_version", "fingerprint")
    _small_courses[slug] = {row.pop("slug"): row for row in found}, {"links": made.outline["links"]}
    return made


def comment(
    on: Step, by: User | None = None, body: str = "Something worth saying.", parent: Comment | None = None
) -> Comment:
    return posting.post(author=by or person(), step=on, body=body, parent=parent)


def aliased(on: Step, by: User, body: str = "Said without my name.", name: str = "Quiet Harbour") -> Comment:
    """A comment under this person's alias on the step."""
    alias, _made = Alias.objects.get_or_create(person=by, step=on, defaults={"name": name, "picture": 7})
    made = comment(on, by, body)
    Comment.objects.filter(pk=made.pk).update(author=None, alias=alias)
    return Comment.objects.get(pk=made.pk)
