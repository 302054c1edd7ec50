"""Every field this app keeps about a person: why, and for how long. The public page "What we keep" is made from it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.portability import Part
from courses.models import Certificate, Completion, CourseRole, JournalEntry, QuizAnswer, Revision, StepBookmark

KEPT = {
    "courses.Completion.learner": (_("Whose finished step it is"), _("until you undo it or the account is deleted")),
    "courses.Completion.step": (
        _("Which steps you marked as complete"),
        _("until you undo it or the account is deleted"),
    ),
    "courses.QuizAnswer.learner": (
        _("Whose answer in a quiz it is; nobody but you is shown it"),
        _("until you answer again or the account is deleted"),
    ),
    "courses.QuizAnswer.question": (
        _("Which questions of quizzes you tried, so that you can come back to them"),
        _("until the account is deleted"),
    ),
    "courses.QuizAnswer.answer": (
        _("Your last answer to each of them, not whether it was right"),
        _("until you answer again or the account is deleted"),
    ),
    "courses.QuizAnswer.mark": (
        _("Which version of the question you answered, to tell you what changed"),
        _("until you answer again or the account is deleted"),
    ),
    "courses.QuizAnswer.answered_on": (
        _("The day of that answer, not the hour"),
        _("until you answer again or the account is deleted"),
    ),
    "courses.Completion.completed_on": (_("The day, not the hour"), _("until you undo it or the account is deleted")),
    "courses.Completion.fingerprint": (
        _("Which version of the step's words you read, to tell you what changed"),
        _("until you undo it or the account is deleted"),
    ),
    "courses.StepBookmark.person": (
        _("Whose bookmark it is; nobody but you is shown it"),
        _("until you remove it or the account is deleted"),
    ),
    "courses.StepBookmark.step": (
        _("Which steps you marked to find them again"),
        _("until you remove it or the account is deleted"),
    ),
    "courses.JournalEntry.person": (
        _("Whose journal it is; nobody but you is shown it, no educator either"),
        _("until you empty the answer or the account is deleted"),
    ),
    "courses.JournalEntry.question": (
        _("Which question of the course an answer in your journal belongs to"),
        _("until you empty the answer or the account is deleted"),
    ),
    "courses.JournalEntry.asked": (
        _("The words of that question when you answered, since they may change later"),
        _("until you empty the answer or the account is deleted"),
    ),
    "courses.JournalEntry.text": (
        _("What you wrote in your journal"),
        _("until you empty the answer or the account is deleted"),
    ),
    "courses.JournalEntry.written_on": (
        _("The day you last changed it, not the hour"),
        _("until you empty the answer or the account is deleted"),
    ),
    "courses.Certificate.person": (
        _("Whose certificate it is, so that you can print it again and revoke it"),
        _("until the account is deleted"),
    ),
    "courses.Certificate.course": (_("Which course a certificate is for"), _("until the account is deleted")),
    "courses.Certificate.code": (
        _("The code printed on it, by which others can ask whether it holds; the name is not kept"),
        _("until the account is deleted"),
    ),
    "courses.Certificate.issued_on": (_("The day it was issued"), _("until the account is deleted")),
    "courses.Certificate.snapshot": (
        _("What is printed on it besides the name: course, outcomes, hours, steps done"),
        _("until the account is deleted"),
    ),
    "courses.CourseRole.person": (
        _("Who helps with one course, so that they can write it or moderate its discussions"),
        _("until an administrator takes the role back or the account is deleted"),
    ),
    "courses.CourseRole.course": (
        _("Which course you help with, if you do"),
        _("until an administrator takes the role back or the account is deleted"),
    ),
    "courses.CourseRole.role": (
        _("Whether you write that course or moderate its discussions"),
        _("until an administrator takes the role back or the account is deleted"),
    ),
    "courses.Certificate.revoked_on": (_("The day you revoked it, if you did"), _("until the account is deleted")),
    "courses.Revision.author": (
        _("If you work on a course: which of its versions are yours"),
        _("until the account is deleted; the version stays without its author"),
    ),
    **{
        f"courses.Revision.{field}": (
            _("The versions of a course's texts, what changed in each, and when: they belong to the course"),
            _("as long as the course"),
        )
        for field in ("course", "week", "topic", "step", "source", "fields", "changed", "created_at")
    },
}


def export(person: Any) -> list[Part]:
    """What this app keeps about the person."""
    return [
        Part(
            "progress",
            now("Your progress"),
            now("The steps you marked as complete, and on which day."),
            ("courses.Completion",),
            [
                {
                    now("course"): done.step.course.title,
                    now("step"): done.step.title,
                    now("completed on"): done.completed_on,
                    now("version of its words"): done.fingerprint,
                }
                for done in Completion.objects.filter(learner=person).select_related("step__course").order_by("pk")
            ],
        ),
        Part(
            "quiz-answers",
            now("Your answers in quizzes"),
            now("Your last answer to each question: the places of what you chose, counted from 0. Nothing is scored."),
            ("courses.QuizAnswer",),
            [
                {
                    now("course"): answer.question.step.course.title,
                    now("step"): answer.question.step.title,
                    now("question"): answer.question.question,
                    now("answer"): answer.answer,
                    now("version of the question"): answer.mark,
                    now("answered on"): answer.answered_on,
                }
                for answer in QuizAnswer.objects.filter(learner=person)
                .select_related("question__step__course")
                .order_by("pk")
            ],
        ),
        Part(
            "journal",
            now("Your journal"),
            now("Your answers to the questions of the course, with the question as it was when you wrote."),
            ("courses.JournalEntry",),
            [
                {
                    now("course"): entry.question.step.course.title,
                    now("step"): entry.question.step.title,
                    now("question"): entry.asked,
                    now("answer"): entry.text,
                    now("written on"): entry.written_on,
                }
                for entry in JournalEntry.objects.filter(person=person)
                .select_related("question__step__course")
                .order_by("pk")
            ],
        ),
        Part(
            "bookmarked-steps",
            now("Your bookmarked steps"),
            now("The steps you marked to find them again."),
            ("courses.StepBookmark",),
            [
                {now("course"): mark.step.course.title, now("step"): mark.step.title}
                for mark in StepBookmark.objects.filter(person=person).select_related("step__course").order_by("pk")
            ],
        ),
        Part(
            "certificates",
            now("Your certificates"),
            now("What is printed on them, but for the name: that is not kept."),
            ("courses.Certificate",),
            [
                {
                    now("course"): certificate.snapshot["course"],
                    now("code"): certificate.printed_code,
                    now("issued on"): certificate.issued_on,
                    now("revoked on"): certificate.revoked_on,
                    now("printed on it"): certificate.snapshot,
                }
                for certificate in Certificate.objects.filter(person=person).order_by("pk")
            ],
        ),
        Part(
            "roles",
            now("Your roles"),
            now("The courses you help with, and how."),
            ("courses.CourseRole",),
            [
                {now("course"): row.course.title, now("role"): row.get_role_display()}
                for row in CourseRole.objects.filter(person=person).select_related("course").order_by("pk")
            ],
        ),
        Part(
            "versions-of-a-course",
            now("Your versions of a course"),
            now(
                "What you changed in the texts of a course, if you work on one. The texts themselves belong to the course."
            ),
            ("courses.Revision",),
            [
                {
                    now("course"): version.course.title,
                    now("about"): str(version.step or version.topic or version.week or version.course),
                    now("how"): str(Revision.Source(version.source).label),
                    now("fields"): ", ".join(version.changed),
                    now("when"): version.created_at,
                }
                for version in Revision.objects.filter(author=person)
                .select_related("course", "week", "topic", "step")
                .defer("fields")
                .order_by("pk")
            ],
        ),
    ]
