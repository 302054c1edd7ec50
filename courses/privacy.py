"""Every field this app keeps about a person: why, and for how long. The public page "What we keep" is made from it."""

from django.utils.translation import gettext_lazy as _

KEPT = {
    "courses.Completion.learner": (_("Whose finished step it is"), _("until you undo it or the account is deleted")),
    "courses.Completion.step": (
        _("Which steps you marked as complete"),
        _("until you undo it or the account is deleted"),
    ),
    "courses.Completion.completed_on": (_("The day, not the hour"), _("until you undo it or the account is deleted")),
    "courses.Completion.fingerprint": (
        _("Which version of the step's words you read, to tell you what changed"),
        _("until you undo it or the account is deleted"),
    ),
}
