"""Every field this app keeps about a person: why, and for how long. The public page "What we keep" is made from it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.portability import Part
from discussions.models import (
    Alias,
    Appeal,
    Bookmark,
    Comment,
    Decision,
    Digest,
    Follow,
    Like,
    Mute,
    Notification,
    Preferences,
    ReadMark,
    Report,
    Sanction,
)

KEPT = {
    "discussions.Comment.step": (_("Under which step you wrote"), _("as long as the comment")),
    "discussions.Comment.author": (
        _("Who wrote a comment"),
        _("as long as the comment, or until the account is deleted"),
    ),
    "discussions.Comment.parent": (_("Which comment you answered"), _("as long as the comment")),
    "discussions.Comment.root": (_("In which conversation it stands"), _("as long as the comment")),
    "discussions.Comment.ordinal": (_("Its place in that conversation"), _("as long as the comment")),
    "discussions.Comment.body": (_("What you wrote"), _("until you withdraw it")),
    "discussions.Comment.body_html": (_("The same, ready to be shown"), _("until you withdraw it")),
    "discussions.Comment.render_version": (_("By which rules it was made ready"), _("as long as the comment")),
    "discussions.Comment.created_at": (_("When you wrote it, shown beside it"), _("as long as the comment")),
    "discussions.Comment.withdrawn_at": (_("When you withdrew it"), _("as long as its place is kept")),
    "discussions.Comment.hidden_at": (_("When a moderator hid it"), _("as long as the comment")),
    "discussions.Comment.reply_count": (_("How many replies it has"), _("as long as the comment")),
    "discussions.Comment.submission": (
        _("A random number from the form, so that sending twice makes one comment"),
        _("as long as the comment"),
    ),
    "discussions.Comment.alias": (
        _("Under which alias you wrote, if you wrote without your name"),
        _("as long as the comment, or until the account is deleted"),
    ),
    "discussions.Comment.role": (_("Your role on the site when you wrote"), _("as long as the comment")),
    "discussions.Comment.question": (_("Which of the step's questions you answered"), _("as long as the comment")),
    "discussions.Comment.question_text": (_("The words of that question"), _("as long as the comment")),
    "discussions.Comment.edited_at": (_("When you last changed it"), _("as long as the comment")),
    "discussions.Comment.hidden_because": (_("Why a moderator hid it"), _("as long as the comment")),
    "discussions.Comment.pinned_at": (_("When an educator pinned it"), _("as long as the comment")),
    "discussions.Comment.endorsed_at": (_("When an educator recommended it"), _("as long as the comment")),
    "discussions.Comment.like_count": (_("How many people like it"), _("as long as the comment")),
    "discussions.Comment.latest": (_("The newest reply to it"), _("as long as the comment")),
    "discussions.Comment.staff_wrote": (
        _("Whether an educator or moderator wrote in its conversation"),
        _("as long as the comment"),
    ),
    "discussions.Alias.step": (_("Under which step you wrote without your name"), _("until the account is deleted")),
    "discussions.Alias.person": (_("Who stands behind an alias"), _("until the account is deleted")),
    "discussions.Alias.name": (_("The alias"), _("until the account is deleted")),
    "discussions.Alias.picture": (
        _("A random number from which the picture of the alias is drawn"),
        _("until the account is deleted"),
    ),
    "discussions.Like.person": (_("Which comments you like"), _("until you take it back")),
    "discussions.Like.comment": (_("Which comments you like"), _("until you take it back")),
    "discussions.Bookmark.person": (_("Which comments you bookmarked"), _("until you take it back")),
    "discussions.Bookmark.comment": (_("Which comments you bookmarked"), _("until you take it back")),
    "discussions.Follow.person": (_("Which conversations you follow"), _("until you take it back")),
    "discussions.Follow.root": (_("Which conversations you follow"), _("until you take it back")),
    "discussions.Mute.person": (_("Whose comments fold for you"), _("until you take it back")),
    "discussions.Mute.muted_person": (_("Whose comments fold for you"), _("until you take it back")),
    "discussions.Mute.muted_alias": (_("Whose comments fold for you"), _("until you take it back")),
    "discussions.ReadMark.person": (_("Up to where you said you had read a discussion"), _("until you take it back")),
    "discussions.ReadMark.step": (_("Up to where you said you had read a discussion"), _("until you take it back")),
    "discussions.ReadMark.up_to": (_("Up to where you said you had read a discussion"), _("until you take it back")),
    "discussions.Notification.person": (_("What you were told of, such as a reply"), _("30 days")),
    "discussions.Notification.kind": (_("What you were told of, such as a reply"), _("30 days")),
    "discussions.Notification.comment": (_("What you were told of, such as a reply"), _("30 days")),
    "discussions.Notification.decision": (_("What you were told of, such as a reply"), _("30 days")),
    "discussions.Notification.created_at": (_("When you were told"), _("30 days")),
    "discussions.Notification.seen": (_("Whether you have seen it"), _("30 days")),
    "discussions.Notification.emailed_at": (_("When it was sent by e-mail, if you asked for that"), _("30 days")),
    "discussions.Preferences.person": (_("What you want to be told of, and how"), _("until the account is deleted")),
    "discussions.Preferences.unwanted": (_("What you want to be told of, and how"), _("until the account is deleted")),
    "discussions.Preferences.email": (_("What you want to be told of, and how"), _("until the account is deleted")),
    "discussions.Preferences.course_mail": (
        _("What you want to be told of, and how"),
        _("until the account is deleted"),
    ),
    "discussions.Preferences.words_expire_days": (
        _("How long your words shall stay"),
        _("until the account is deleted"),
    ),
    "discussions.Preferences.words_expire_how": (
        _("How long your words shall stay"),
        _("until the account is deleted"),
    ),
    "discussions.Digest.person": (_("That a summary was sent to you by e-mail"), _("30 days")),
    "discussions.Digest.about": (_("That a summary was sent to you by e-mail"), _("30 days")),
    "discussions.Digest.period": (_("That a summary was sent to you by e-mail"), _("30 days")),
    "discussions.Digest.up_to": (_("That a summary was sent to you by e-mail"), _("30 days")),
    "discussions.Digest.tries": (_("That a summary was sent to you by e-mail"), _("30 days")),
    "discussions.Digest.begun_at": (_("That a summary was sent to you by e-mail"), _("30 days")),
    "discussions.Digest.sent_at": (_("That a summary was sent to you by e-mail"), _("30 days")),
    "discussions.Report.case": (_("What you reported"), _("as long as the comment")),
    "discussions.Report.reporter": (
        _("Who reported a comment; its author never learns it"),
        _("until the account is deleted"),
    ),
    "discussions.Report.reason": (_("Why you reported it"), _("as long as the comment")),
    "discussions.Report.note": (_("Why you reported it"), _("as long as the comment")),
    "discussions.Report.reported_at": (_("When you reported it"), _("as long as the comment")),
    "discussions.Decision.act": (_("What a moderator decided about a comment"), _("as long as the site")),
    "discussions.Decision.reason": (_("Why a moderator decided so"), _("as long as the site")),
    "discussions.Decision.note": (_("Why a moderator decided so"), _("as long as the site")),
    "discussions.Decision.words": (_("What the moderator wrote to the author"), _("as long as the site")),
    "discussions.Decision.days": (_("For how many days writing was paused"), _("as long as the site")),
    "discussions.Decision.decided_at": (_("When a moderator decided"), _("as long as the site")),
    "discussions.Decision.moderator": (_("Which moderator decided"), _("until the account is deleted")),
    "discussions.Decision.comment": (_("What a moderator decided about a comment"), _("as long as the comment")),
    "discussions.Decision.about_person": (
        _("About whose comment a moderator decided"),
        _("until the account is deleted"),
    ),
    "discussions.Decision.about_alias": (
        _("About whose comment a moderator decided"),
        _("until the account is deleted"),
    ),
    "discussions.Decision.case": (_("What a moderator decided about a comment"), _("as long as the comment")),
    "discussions.Decision.answers": (_("What a moderator decided about a comment"), _("as long as the site")),
    "discussions.Sanction.person": (_("Whether your writing is paused or ended"), _("until the account is deleted")),
    "discussions.Sanction.decision": (_("Whether your writing is paused or ended"), _("until the account is deleted")),
    "discussions.Sanction.course": (_("Whether your writing is paused or ended"), _("until the account is deleted")),
    "discussions.Sanction.until": (_("Whether your writing is paused or ended"), _("until the account is deleted")),
    "discussions.Sanction.lifted_at": (_("Whether your writing is paused or ended"), _("until the account is deleted")),
    "discussions.Appeal.decision": (_("What you answered to a decision"), _("until the account is deleted")),
    "discussions.Appeal.person": (_("What you answered to a decision"), _("until the account is deleted")),
    "discussions.Appeal.text": (_("What you answered to a decision"), _("until the account is deleted")),
    "discussions.Appeal.made_at": (_("What you answered to a decision"), _("until the account is deleted")),
    "discussions.Appeal.heard_at": (_("What you answered to a decision"), _("until the account is deleted")),
}


def export(person: Any) -> list[Part]:
    """What this app keeps about the person. Other people's words are not in it, only where they stand."""
    mine = Comment.objects.of(person).select_related("step__course", "alias")
    return [
        Part(
            "comments",
            now("What you wrote"),
            now("Your comments and replies, under your name and without it, with the step they stand under."),
            ("discussions.Comment", "discussions.Alias"),
            [*map(_comment, mine.order_by("pk")), *_unused_aliases(person)],
        ),
        _places(person, Like, "likes", now("Comments you like"), now("Only you can see which.")),
        _places(
            person, Bookmark, "bookmarked-comments", now("Comments you bookmarked"), now("Only you can see which.")
        ),
        _places(
            person,
            Follow,
            "followed-conversations",
            now("Conversations you follow"),
            now("You are told of new replies in them."),
            path="root",
        ),
        Part(
            "muted-people",
            now("People you muted"),
            now("Their comments fold for you. They are not told."),
            ("discussions.Mute",),
            [
                {now("name"): (mute.muted_person or mute.muted_alias).__str__()}
                for mute in Mute.objects.filter(person=person).select_related("muted_person", "muted_alias")
            ],
        ),
        Part(
            "read-marks",
            now("Up to where you have read"),
            now("Discussions that you marked as read."),
            ("discussions.ReadMark",),
            [
                {now("step"): mark.step.title, now("up to comment number"): mark.up_to}
                for mark in ReadMark.objects.filter(person=person).select_related("step")
            ],
        ),
        Part(
            "notifications",
            now("What you were told"),
            now("Your notifications of the last 30 days, your choices about them, and the e-mails that were sent."),
            ("discussions.Notification", "discussions.Preferences", "discussions.Digest"),
            [*_notifications(person), *_choices(person), *_mails(person)],
        ),
        Part(
            "reports",
            now("What you reported"),
            now("Comments you reported, and why. Their authors never learn it."),
            ("discussions.Report",),
            [
                {
                    **_place(report.case.comment),
                    now("reason"): report.get_reason_display(),
                    now("note"): report.note,
                    now("when"): report.reported_at,
                }
                for report in Report.objects.filter(reporter=person)
                .select_related("case__comment__step__course")
                .order_by("pk")
            ],
        ),
        Part(
            "decisions",
            now("Decisions of moderators"),
            now("What moderators decided about what you wrote, your appeals, and decisions you took as a moderator."),
            ("discussions.Decision", "discussions.Sanction", "discussions.Appeal"),
            [*_decisions(person), *_sanctions(person), *_appeals(person)],
        ),
    ]


def _place(comment: Comment) -> dict[str, Any]:
    return {
        now("course"): comment.step.course.title,
        now("step"): comment.step.title,
        now("address"): f"{comment.step.get_absolute_url()}comments/{comment.pk}/",
    }


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        **_place(comment),
        now("under the alias"): comment.alias.name if comment.alias else "",
        now("role"): comment.get_role_display(),
        now("written"): comment.created_at,
        now("edited"): comment.edited_at,
        now("withdrawn"): comment.withdrawn_at,
        now("hidden by a moderator"): comment.hidden_at,
        now("answers the question"): comment.question_text,
        now("likes"): comment.like_count,
        now("text"): comment.body,
    }


def _unused_aliases(person: Any) -> list[dict[str, Any]]:
    return [
        {now("step"): alias.step.title, now("under the alias"): alias.name}
        for alias in Alias.objects.filter(person=person, comments=None).select_related("step")
    ]


def _places(person: Any, model: Any, name: str, title: str, about: str, path: str = "comment") -> Part:
    rows = model.objects.filter(person=person).select_related(f"{path}__step__course").order_by("pk")
    return Part(name, title, about, (model._meta.label,), [_place(getattr(row, path)) for row in rows])


def _notifications(person: Any) -> list[dict[str, Any]]:
    told = Notification.objects.filter(person=person).select_related("comment__step__course").order_by("pk")
    return [
        {
            now("kind"): one.get_kind_display(),
            **(_place(one.comment) if one.comment else {}),
            now("when"): one.created_at,
            now("seen"): one.seen,
            now("sent by e-mail"): one.emailed_at,
        }
        for one in told
    ]


def _choices(person: Any) -> list[dict[str, Any]]:
    return [
        {
            now("not told of"): choices.unwanted,
            now("by e-mail"): choices.get_email_display(),
            now("how my courses are going, by e-mail"): choices.course_mail,
            now("my words expire after days"): choices.words_expire_days,
            now("what expires"): choices.get_words_expire_how_display(),
        }
        for choices in Preferences.objects.filter(person=person)
    ]


def _mails(person: Any) -> list[dict[str, Any]]:
    return [
        {
            now("e-mail for"): mail.period,
            now("about"): mail.get_about_display(),
            now("begun"): mail.begun_at,
            now("sent"): mail.sent_at,
        }
        for mail in Digest.objects.filter(person=person).order_by("pk")
    ]


def _decisions(person: Any) -> list[dict[str, Any]]:
    about = Q(about_person=person) | Q(about_alias__person=person) | Q(moderator=person)
    found = Decision.objects.filter(about).select_related("comment__step__course").order_by("pk")
    return [
        {
            now("decision"): decision.get_act_display(),
            **(_place(decision.comment) if decision.comment else {}),
            now("reason"): decision.get_reason_display(),
            now("words to the author"): decision.words,
            now("days"): decision.days,
            now("when"): decision.decided_at,
            now("decided by you"): decision.moderator_id == person.pk,
        }
        for decision in found
    ]


def _sanctions(person: Any) -> list[dict[str, Any]]:
    return [
        {
            now("writing paused until"): one.until or now("for good"),
            now("in"): one.course.title if one.course else now("every course"),
            now("lifted"): one.lifted_at,
        }
        for one in Sanction.objects.filter(person=person).select_related("course").order_by("pk")
    ]


def _appeals(person: Any) -> list[dict[str, Any]]:
    return [
        {now("your appeal"): appeal.text, now("made"): appeal.made_at, now("heard"): appeal.heard_at}
        for appeal in Appeal.objects.filter(person=person).order_by("pk")
    ]
