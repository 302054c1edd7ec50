"""What becomes of somebody whom an institution sends: they choose a name here like everybody."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import BaseSignupForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.forms import SignupForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.forms import HandleWidget


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The institution's token has done its work: it shall not wait in the session."""
        sociallogin.token = None

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def get_signup_form_initial_data(self, sociallogin: Any) -> dict[str, Any]:
        return {}


class NameForm(SignupForm):  # type: ignore[misc]
    """Asks for a handle, and for nothing that the institution could have told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {"username"}:
            del self.fields[name]
        self.fields["username"].widget = HandleWidget()
        self.fields["username"].label = _("Name to show")
        self.fields["username"].help_text = _(
            "A pseudonym. Please do not use your real name, or one you use on other sites."
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super(BaseSignupForm, self).clean()
        return cleaned
