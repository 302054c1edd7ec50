"""Every field this app keeps about a person: why, and for how long. The public page "What we keep" is made from it."""

from django.utils.translation import gettext_lazy as _

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
}
