"""What readers report and what moderators decide: the verbs. What is hidden can come back, each act is written down.

A decision is about the author *as shown*: a handle or an alias, never both, so that no list tells who stands behind an alias. Only a
sanction knows the person, and it is read for that person alone (`may_write`).

Every verb holds the discussion's row first, as posting does, so that two moderators, or a report and a decision, follow each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import User
from courses import roles
from courses.models import Step
from courses.roles import Role
from discussions import notifications
from discussions.authors import owner_of
from discussions.models import Appeal, Case, Comment, Decision, Discussion, Reason, Report, Sanction
from discussions.refusals import NotAllowed, Refused

Act = Decision.Act
ABOUT_THE_COMMENT = (Act.HIDE, Act.RESTORE)
ABOUT_THE_AUTHOR = (Act.WARN, Act.MUTE, Act.BAN, Act.LIFT)
CAN_BE_APPEALED = (Act.HIDE, Act.WARN, Act.MUTE, Act.BAN)
LONGEST_PAUSE = 365  # days


class Overtaken(Exception):
    """Somebody else decided first; `decisions` are theirs, oldest first."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self.decisions = list(decisions)
        super().__init__(", ".join(str(decision.pk) for decision in self.decisions))


# Who may write


def in_force(person: Any, step_id: int) -> QuerySet[Sanction]:
    """The pauses and ends of this person's writing that hold now under this step."""
    here = Q(course=None) | Q(course__in=Step.objects.filter(pk=step_id).values("course"))
    return Sanction.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), here, person=person, lifted_at=None)


def may_write(person: Any, step_id: int) -> None:
    """Raises NotAllowed (until when, why, where to appeal) while a sanction holds under this step. Asked before every write of words
    and marks."""
    found = list(in_force(person, step_id).select_related("decision"))
    if not found:
        return
    longest = max(found, key=lambda sanction: (sanction.until is None, sanction.until))
    why = longest.decision.get_reason_display()
    page = reverse("moderation:decision", args=[longest.decision_id])
    here_only = longest.course_id is not None
    if longest.until is None:
        words = _("A moderator ended your writing here. Why: {why}. <a href='{page}'>Read the decision, or appeal</a>.")
        if here_only:
            words = _(
                "A moderator ended your writing in this course. Why: {why}. <a href='{page}'>Read the decision, or appeal</a>."
            )
        raise NotAllowed(format_html(words, why=why, page=page))
    until = date_format(longest.until, "j F Y, H:i") + " UTC"
    words = _("Your writing is paused until {until}. Why: {why}. <a href='{page}'>Read the decision, or appeal</a>.")
    if here_only:
        words = _(
            "Your writing in this course is paused until {until}. Why: {why}. <a href='{page}'>Read the decision, or appeal</a>."
        )
    raise NotAllowed(format_html(words, until=until, why=why, page=page))


# Reporting


@transaction.atomic
def report(*, comment: Comment, reporter: User | None, reason: str, note: str = "") -> Report:
    """Bring a comment before the moderators. A second report by the same person adds to their first.

    Raises Refused for one's own comment, for one that is no longer there, and while the reporter may not write; but that somebody may
    be in danger can always be said.
    """
    Discussion.objects.hold(comment.step_id)
    now = Comment.objects.select_related("alias").get(pk=comment.pk)
    if now.hidden_at:
        raise Refused(_("A moderator has already hidden this comment, so there is nothing left to report."))
    if now.withdrawn_at:
        raise Refused(_("The author has withdrawn this comment, so there is nothing left to report."))
    urgent = reason == Reason.DANGER
    if reporter is not None:
        if reporter.pk == owner_of(now):
            raise Refused(_("This is your own comment: you can change or withdraw it."))
        if not urgent:
            may_write(reporter, comment.step_id)
    case, _made = Case.objects.get_or_create(comment=now, closed_at=None)
    if urgent and not case.urgent:
        case.urgent = True
        case.save(update_fields=["urgent"])
        notifications.danger(now, moderators_of(now).values_list("pk", flat=True))
    earlier = Report.objects.filter(case=case, reporter=reporter).first() if reporter is not None else None
    if earlier is None:
        return Report.objects.create(case=case, reporter=reporter, reason=reason, note=note)
    if earlier.reason != Reason.DANGER:  # what was said to be urgent stays so
        earlier.reason = reason
    if note and note not in earlier.note:
        earlier.note = f"{earlier.note}\n\n{note}".strip()
    earlier.save(update_fields=["reason", "note"])
    return earlier


# Deciding


@transaction.atomic
def decide(
    *,
    moderator: User,
    comment: Comment,
    acts: Sequence[str],
    reason: str,
    note: str = "",
    words: str = "",
    days: int | None = None,
    seen: int | None = None,
) -> list[Decision]:
    """Act on a comment and on its author, close its case, and tell the author why; one row of the log for each act.

    `seen` is the number of the last decision about this comment that the moderator knew (0: none). Raises Overtaken where there is a
    later one, and Refused where an act does not fit; then nothing was done.
    """
    Discussion.objects.hold(comment.step_id)
    case = Case.objects.filter(comment_id=comment.pk, closed_at=None).first()
    comment = Comment.objects.select_related("author", "alias__person").get(pk=comment.pk)
    if seen is not None:
        since = Decision.objects.filter(comment=comment, pk__gt=seen).select_related("moderator").order_by("pk")
        if since:
            raise Overtaken(since)
    _check_fits(moderator, comment, acts, days)
    made = []
    for act in acts:
        decision = Decision.objects.create(
            act=act,
            reason=reason,
            note=note,
            words=words,
            days=days if act == Act.MUTE else None,
            moderator=moderator,
            comment=comment,
            about_person=comment.author,
            about_alias=comment.alias,
            case=case,
            answers=_taken_back_by(act, comment, moderator),
        )
        _carry_out(decision, comment, moderator)
        notifications.decided(decision)
        made.append(decision)
    Case.objects.filter(comment=comment, closed_at=None).update(closed_at=timezone.now())
    return made


def _check_fits(moderator: User, comment: Comment, acts: Sequence[str], days: int | None) -> None:
    chosen = set(acts)
    if not chosen or not chosen <= {*ABOUT_THE_COMMENT, *ABOUT_THE_AUTHOR, Act.DISMISS}:
        raise Refused(_("Choose what to do."))
    if len(chosen) > 1 and (Act.DISMISS in chosen or len(chosen & set(ABOUT_THE_AUTHOR)) > 1):
        raise Refused(_("Choose one thing to do about the comment, and one about its author."))
    if Act.HIDE in chosen and comment.withdrawn_at:
        raise Refused(_("The author has withdrawn this comment: its words are deleted, and there is nothing to hide."))
    if Act.HIDE in chosen and comment.hidden_at:
        raise Refused(_("This comment is hidden already."))
    if Act.RESTORE in chosen and not comment.hidden_at:
        raise Refused(_("This comment is not hidden, so there is nothing to restore."))
    if Act.MUTE in chosen and not (days and 1 <= days <= LONGEST_PAUSE):
        raise Refused(_("Say for how many days: from 1 to %(most)d.") % {"most": LONGEST_PAUSE})
    if moderator.pk == owner_of(comment) and moderators_of(comment).exclude(pk=moderator.pk).exists():
        raise Refused(_("You wrote this comment: another moderator decides about it."))
    if chosen & set(ABOUT_THE_AUTHOR):
        if owner_of(comment) is None:
            raise Refused(_("The author’s account is deleted, so there is nobody to tell or to stop."))
        author = comment.author
        # Said of a handle only. Under an alias a person is treated as anybody is: to refuse would tell who it is not.
        protected = author is not None and author.is_staff and author.pk != moderator.pk
        if protected and not moderator.is_superuser and chosen & {Act.WARN, Act.MUTE, Act.BAN}:
            raise Refused(_("Only an administrator can warn or stop somebody who helps to run the site."))
    if Act.LIFT in chosen and not sanctions_of(comment, moderator).exists():
        raise Refused(_("No pause and no ban is in force here, so there is nothing to lift."))


def _carry_out(decision: Decision, comment: Comment, moderator: User) -> None:
    now = decision.decided_at
    match decision.act:
        case Act.HIDE:
            _set_hidden(comment, decision.reason)
        case Act.RESTORE:
            _set_hidden(comment, None)
        case Act.MUTE | Act.BAN:
            until = now + timedelta(days=decision.days) if decision.days else None
            person = owner_of(comment)
            assert person is not None  # noqa: S101 - _check_fits refused it otherwise
            course = None if roles.everywhere(moderator, Role.MODERATOR) else course_of(comment)
            Sanction.objects.create(person_id=person, decision=decision, until=until, course_id=course)
        case Act.LIFT:
            sanctions_of(comment, moderator).update(lifted_at=now)


def sanctions_of(comment: Comment, moderator: Any) -> QuerySet[Sanction]:
    """What holds against the author of this comment as shown (for what a handle wrote against the handle, else against the alias), as
    far as this moderator may lift it."""
    holds = Sanction.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), lifted_at=None)
    holds = roles.within(holds, moderator, Role.MODERATOR)
    if comment.alias_id:
        return holds.filter(decision__about_alias=comment.alias_id)
    return holds.filter(decision__about_person=comment.author_id) if comment.author_id else holds.none()


def _taken_back_by(act: str, comment: Comment, moderator: User) -> Decision | None:
    """The decision that a restoring or a lifting answers: the latest that it undoes."""
    if act == Act.RESTORE:
        return Decision.objects.filter(comment=comment, act=Act.HIDE).order_by("-pk").first()
    if act == Act.LIFT:
        latest = sanctions_of(comment, moderator).select_related("decision").order_by("-pk").first()
        return latest.decision if latest else None
    return None


# Appeals


def own(person: Any) -> QuerySet[Decision]:
    """The decisions about what this person wrote, under their handle or an alias."""
    return Decision.objects.exclude(act=Act.DISMISS).filter(Q(about_person=person) | Q(about_alias__person=person))


@transaction.atomic
def appeal(*, person: User, decision: Decision, text: str) -> Appeal:
    """Ask for a decision to be looked at again. Raises Refused the second time, and where there is nothing to appeal against."""
    if decision.act not in CAN_BE_APPEALED:
        raise Refused(_("This decision is in your favour or final, so it cannot be appealed."))
    if decision.answered_by.exists():
        raise Refused(_("This decision has been taken back already, so there is nothing left to appeal against."))
    found, made = Appeal.objects.get_or_create(decision=decision, defaults={"person": person, "text": text})
    if not made:
        raise Refused(_("You have appealed against this decision already. It can be appealed once."))
    return found


def course_of(comment: Comment | None) -> int | None:
    """The number of the course under whose step a comment stands."""
    return Step.objects.values_list("course", flat=True).get(pk=comment.step_id) if comment else None


def moderators_of(comment: Comment | None) -> QuerySet[User]:
    """Who may decide about this comment; about one that is gone, who moderates every course."""
    return roles.people_with(Role.MODERATOR, course_of(comment))


def may_hear(moderator: User, appeal: Appeal) -> bool:
    """Whether this moderator may answer the appeal: not their own, and not against their own decision while there is somebody else.

    What stopped somebody in every course is not taken back by who moderates only one.
    """
    decision = appeal.decision
    if moderator.pk == appeal.person_id or not roles.has(moderator, Role.MODERATOR, course_of(decision.comment)):
        return False
    if (
        not roles.everywhere(moderator, Role.MODERATOR)
        and Sanction.objects.filter(decision=decision, course=None).exists()
    ):
        return False
    return (
        moderator.pk != decision.moderator_id or not moderators_of(decision.comment).exclude(pk=moderator.pk).exists()
    )


@transaction.atomic
def hear(*, moderator: User, appeal: Appeal, act: str, note: str = "", words: str = "") -> Decision:
    """Answer an appeal: the decision stands, or it is taken back with what it did. Raises Overtaken where somebody answered before."""
    if act not in (Act.UPHOLD, Act.OVERTURN):
        raise Refused(_("Choose whether the decision stands or is taken back."))
    decided = Decision.objects.select_related("comment").get(pk=appeal.decision_id)
    if decided.comment:
        Discussion.objects.hold(decided.comment.step_id)
    appeal = Appeal.objects.select_for_update().select_related("decision").get(pk=appeal.pk)
    if appeal.heard_at:
        answers = Decision.objects.filter(answers=decided, act__in=(Act.UPHOLD, Act.OVERTURN))
        raise Overtaken(answers.select_related("moderator").order_by("pk"))
    if not may_hear(moderator, appeal):
        raise Refused(_("Another moderator hears this appeal: it is against your own decision, or it is yours."))
    decision = Decision.objects.create(
        act=act,
        reason=decided.reason,
        note=note,
        words=words,
        moderator=moderator,
        comment=decided.comment,
        about_person_id=decided.about_person_id,
        about_alias_id=decided.about_alias_id,
        case_id=decided.case_id,
        answers=decided,
    )
    appeal.heard_at = decision.decided_at
    appeal.save(update_fields=["heard_at"])
    if act == Act.OVERTURN:
        _undo(decided, decision)
    notifications.decided(decision)
    return decision


def _undo(decided: Decision, answer: Decision) -> None:
    """Take back what a decision did, unless something later already did or has to stay."""
    Sanction.objects.filter(decision=decided, lifted_at=None).update(lifted_at=answer.decided_at)
    if decided.act == Act.HIDE and decided.comment:
        comment = Comment.objects.get(pk=decided.comment.pk)
        hidden_by = Decision.objects.filter(comment=comment, act=Act.HIDE).order_by("-pk").first()
        if comment.hidden_at and hidden_by == decided:
            _set_hidden(comment, None)


# What they stand on


def _set_hidden(comment: Comment, reason: str | None) -> None:
    """Hide a comment for a reason, or bring it back (None); its replies stay. The discussion's row is held."""
    moment = None if reason is None else timezone.now()
    changed = Comment.objects.filter(pk=comment.pk, hidden_at__isnull=moment is not None).update(
        hidden_at=moment, hidden_because=reason or "", pinned_at=None
    )
    counted = int(bool(changed) and comment.withdrawn_at is None)
    Discussion.objects.filter(step_id=comment.step_id).update(
        comment_count=F("comment_count") + (counted if moment is None else -counted), version=F("version") + 1
    )
