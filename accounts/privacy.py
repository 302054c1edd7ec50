"""Every field this app keeps about a person: why, and for how long. The public page "What we keep" is made from it."""

from django.utils.translation import gettext_lazy as _

KEPT = {
    "accounts.User.handle": (_("The name others see"), _("until the account is deleted")),
    "accounts.User.password": (_("A scrambled form of your password, to check it"), _("until it is changed")),
    "accounts.User.email": (_("An e-mail address, if you gave one"), _("until you remove it")),
    "accounts.User.joined_on": (_("The day you joined, for limits on new accounts"), _("until the account is deleted")),
    "accounts.User.avatar_shuffle": (_("A number from which your picture is drawn"), _("until the account is deleted")),
    "accounts.User.is_staff": (_("Whether you help to run the site"), _("until the account is deleted")),
    "accounts.User.is_superuser": (_("Whether you help to run the site"), _("until the account is deleted")),
    "accounts.User.is_active": (_("Whether you may sign in"), _("until the account is deleted")),
    "accounts.User.groups": (_("Your role on the site, if you have one"), _("until the account is deleted")),
    "accounts.User.user_permissions": (_("Your role on the site, if you have one"), _("until the account is deleted")),
}
