"""Every field this app keeps about a person: why, and for how long. The public page "What we keep" is made from it."""

from django.utils.translation import gettext_lazy as _

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
}
