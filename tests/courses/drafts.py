"""A course that is being written: some of its steps are published in it, some are drafts, one was taken out again."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.utils import timezone

from courses.content import writing
from courses.models import Course, Figure, Reference, ReflectionQuestion, Resource, Step
from tests import factories
from tests.courses.quizzes import quiz_step

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><path d="M0 0h40"/></svg>'
TERM = {"id": "stigma", "term": "Stigma", "meaning": "Labels that push people aside.", "also": []}
# What the steps are called in their order: two topics in the first week, one in the second.
ORDER = ["one-a", "one-b", "two-a", "knots", "talk", "three-a", "three-b"]


def draft_course() -> Course:
    """A draft with a figure, a quiz, a film's words, questions, a term, a source and a link to read on; "two-b" is retired."""
    course = factories.small_course()
    Course.objects.filter(pk=course.pk).update(published=False, glossary=[TERM], description="Of **boats**.")
    Step.objects.filter(slug="two-b").update(retired_at=timezone.now())
    Step.objects.filter(slug__in=["one-b", "three-b"]).update(published=False)
    first = Step.objects.get(slug="one-a")
    first.body = "Stigma, and [the last step](step:three-b).[^unaids]\n\n![](figure:van)"
    first.save()
    figure = Figure(step=first, uid="van", alt="A van at the kerb.")
    figure.file.save("van.svg", ContentFile(SVG))
    Reference.objects.create(step=first, uid="unaids", source="UNAIDS", year=2024, url="https://example.org/unaids")
    Resource.objects.create(step=first, title="Read on", url="https://example.org/on")
    Resource.objects.create(step=first, to_step="one-b", position=1)
    ReflectionQuestion.objects.create(step=first, uid="who", text="Who is missing?")
    ReflectionQuestion.objects.create(
        step=first, uid="plan", kind="worksheet", title="First", text="What will you do?", position=1
    )
    course = Course.objects.get(pk=course.pk)
    quiz_step(course)
    factories.step(course.topics.get(uid="two"), "talk", kind="video", script="Hello.\n\nGood bye.", fresh=False)
    writing.refresh(course, rendered=list(course.steps.select_related("course")))
    return course
