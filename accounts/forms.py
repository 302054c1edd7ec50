"""Joining and signing in: a handle and a password, nothing else."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.handles import tidy, validate_handle
from accounts.models import User


class HandleWidget(forms.TextInput):
    """A handle is no word to be corrected: no capital, no spelling check."""

    def __init__(self) -> None:
        super().__init__({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"})


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """Asks for a handle and a password. allauth's adapter tidies the handle and says whether it may be used."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        handle, password = self.fields["username"], self.fields["password1"]
        handle.label = _("Name to show")
        handle.help_text = _("A pseudonym. Please do not use your real name, or one you use on other sites.")
        handle.widget = HandleWidget()
        password.label = _("Password")
        password.help_text = _("At least 8 characters. Three or four unconnected words are easy to keep in mind.")
        password.widget.attrs.pop("placeholder", None)
        if (
            "website" in self.fields
        ):  # the trap for robots; allauth hides it with a style attribute, which our policy forbids
            self.fields["website"].widget.attrs.pop("style", None)
            self.fields["website"].widget.attrs |= {"tabindex": "-1", "autocomplete": "off"}


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """Asks for the handle and the password; "remember me" is asked the other way round: is this a shared computer?"""

    shared = forms.BooleanField(
        label=_("This is a shared phone or computer"),
        help_text=_("We log you out when the browser closes."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = _("Name you chose")
        self.fields["login"].widget = HandleWidget()
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""

    def login(self, request: Any, redirect_url: str | None = None) -> Any:
        response = super().login(request, redirect_url=redirect_url)
        if self.cleaned_data["shared"]:
            request.session.set_expiry(0)
        return response


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one, with labels alone: a placeholder goes when one starts to write."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class EducatorForm(forms.Form):
    """An educator makes their account with a one-time link."""

    handle = forms.CharField(label=_("Name to show"), max_length=60, widget=HandleWidget())
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 8 characters. This account can change the course: choose a good one."),
    )

    def clean_handle(self) -> str:
        handle = tidy(self.cleaned_data["handle"])
        validate_handle(handle)
        if User.objects.filter(handle__iexact=handle).exists():
            raise forms.ValidationError(_("This name is taken."), code="taken")
        return handle

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(handle=self.cleaned_data.get("handle", "")))
        return password
