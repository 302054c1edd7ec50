"""Joining, signing in, coming back, and how a person wants the site to be. All that is asked stands here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import forms as allauth
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.base import forms as locks
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from accounts import passkeys, recovery
from accounts.handles import tidy, validate_handle
from accounts.lookalikes import skeleton
from accounts.models import User
from accounts.preferences import time_zones
from accounts.second_factor import is_first_use

LONGEST_PASSWORD = 1000
TOO_LONG = _("A password may have up to %(limit_value)d characters.")
GOOD_PASSWORD = _("At least 8 characters. Three or four unconnected words are easy to keep in mind.")

PASSWORDS = {  # allauth writes Each Word Large
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password (again)"),
}


class HandleWidget(forms.TextInput):
    """A handle is no word to be corrected: no capital, no spelling check."""

    def __init__(self) -> None:
        super().__init__({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"})


class CodeWidget(forms.TextInput):
    """A code is typed from elsewhere, as it is."""

    def __init__(self, **more: str) -> None:
        super().__init__(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false", **more}
        )


class Plain:
    """For allauth's forms: labels instead of placeholders (which go when one starts to write), and an end to long passwords."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = PASSWORDS.get(name, field.label)
            if "password" in name:
                field.validators.append(MaxLengthValidator(LONGEST_PASSWORD, TOO_LONG))
                field.help_text = GOOD_PASSWORD if name in {"password", "password1"} else ""


# Other apps that show names of their own add here what says whether a handle could be taken for one of them.
NAMES_ELSEWHERE: list[Callable[[str], bool]] = []


def free_handle(words: str, but: User | None = None) -> str:
    """The handle as it will be kept. Raises ValidationError when it may not be used, is taken, or looks like one that is."""
    handle = tidy(words)
    validate_handle(handle)
    others = User.objects.exclude(pk=but.pk) if but else User.objects.all()
    if others.filter(handle__iexact=handle).exists():
        raise ValidationError(_("This name is taken. Add something to it, or choose another."), code="taken")
    if others.filter(skeleton=skeleton(handle)).exists():
        raise ValidationError(
            _("This name is taken in a spelling that looks the same. Add something to it, or choose another."),
            code="alike",
        )
    if any(is_used(handle) for is_used in NAMES_ELSEWHERE):
        raise ValidationError(_("This name is taken. Add something to it, or choose another."), code="taken")
    return handle


class SignupForm(Plain, allauth.SignupForm):  # type: ignore[misc]
    """Asks for a handle, and for a password or the wish to use a passkey. An e-mail address may be given and need not."""

    PASSKEY, PASSWORD = "passkey", "password"

    how = forms.ChoiceField(
        choices=[(PASSKEY, _("Passkey")), (PASSWORD, _("Password"))],
        initial=PASSWORD,
        required=False,
        widget=forms.RadioSelect,
    )
    shared = forms.BooleanField(label=_("This is a shared phone or computer"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        handle, password = self.fields["username"], self.fields["password1"]
        handle.label = _("Name to show")
        handle.help_text = _("A pseudonym. Please do not use your real name, or one you use on other sites.")
        handle.widget = HandleWidget()
        password.label = _("Password")
        password.required = False
        password.widget.attrs["autocomplete"] = "new-password"
        self.fields["email"] = forms.EmailField(
            label=_("E-mail address (optional)"),
            required=False,
            widget=forms.EmailInput({"autocomplete": "email"}),
            help_text=_("Leave this empty if you can: eight recovery codes do the same."),
        )
        if (
            "website" in self.fields
        ):  # the trap for robots; allauth hides it with a style attribute, which our policy forbids
            self.fields["website"].widget.attrs.pop("style", None)
            self.fields["website"].widget.attrs |= {"tabindex": "-1", "autocomplete": "off"}

    def clean_email(self) -> str:
        """Whether the address has an account already is told to nobody but its owner, by the code."""
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        with_password = self.cleaned_data.get("how") != self.PASSKEY
        if not with_password:
            self.cleaned_data["password1"] = ""
        cleaned: dict[str, Any] = super().clean()
        if with_password and not cleaned.get("password1") and "password1" not in self.errors:
            self.add_error("password1", ValidationError(_("Choose a password."), code="required"))
        # An address is kept only once the code that was sent to it came back: allauth shall not see it here.
        cleaned["wanted_email"] = cleaned.pop("email", "")
        return cleaned


class PasskeyForm(forms.Form):
    """What the browser answers when it made a passkey."""

    credential = forms.JSONField(widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        return passkeys.checked(self.cleaned_data["credential"])


class AddPasskeyForm(PasskeyForm):
    """The same, for who has an account, with a name to tell it from others."""

    name = forms.CharField(label=_("A name for this passkey"), max_length=60, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggested = passkeys.MFAAdapter().generate_authenticator_name(user, "webauthn")
        self.fields["name"].initial = self.suggested
        self.order_fields(["name", "credential"])

    def clean_name(self) -> str:
        return self.cleaned_data["name"] or self.suggested


class RenamePasskeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("A name for this passkey"), max_length=60)


class Answer:
    """For forms that take a passkey's answer: nonsense is told apart from an answer before it can break anything."""

    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Any:
        try:
            return self.authenticator()
        except passkeys.NONSENSE:
            raise ValidationError(passkeys.MFAAdapter.error_messages["incorrect_code"], code="incorrect_code") from None

    def authenticator(self) -> Any:
        return super().clean_credential()  # type: ignore[misc]


class LoginPasskeyForm(Answer, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with a passkey alone: the device says who it is, nobody has to type a name."""

    def authenticator(self) -> Any:
        credential = self.cleaned_data["credential"]
        auth.parse_authentication_response(credential)
        return auth.complete_authentication(passkeys.owner_of(credential), credential)


class SecondPasskeyForm(Answer, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second lock."""


class AgainPasskeyForm(Answer, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey to show that it is still the same person."""


def once(user: User, code: str) -> str:
    """A code of an app that fits, the first time. Raises ValidationError the second, as for one that does not fit."""
    if not is_first_use(user, code):
        raise ValidationError(passkeys.MFAAdapter.error_messages["incorrect_code"], code="incorrect_code")
    return code


class SecondLockForm(Plain, locks.AuthenticateForm):  # type: ignore[misc]
    """After the password: a code of the authenticator app, or one of the recovery codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from your app, or a recovery code")
        self.fields["code"].widget = CodeWidget()

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.by_recovery = len([c for c in code if c.isalnum()]) == recovery.GROUPS * recovery.LETTERS
        if not self.by_recovery:
            return once(self.user, super().clean_code())
        clear = check_rate_limit(self.user)
        if not recovery.use(user=self.user, code=code):
            raise ValidationError(passkeys.MFAAdapter.error_messages["incorrect_code"], code="incorrect_code")
        clear()
        return code

    def save(self) -> None:
        if self.by_recovery:
            record_authentication(context.request, self.user, "mfa", type="recovery_codes")
        else:
            super().save()


class AgainCodeForm(Plain, locks.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from your app")
        self.fields["code"].widget = CodeWidget(inputmode="numeric")

    def clean_code(self) -> str:
        return once(self.user, super().clean_code())


class ActivateAppForm(Plain, ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The six digits that the app shows now")
        self.fields["code"].widget = CodeWidget(inputmode="numeric")


class LoginForm(Plain, allauth.LoginForm):  # type: ignore[misc]
    """Asks for the handle and the password; "remember me" is asked the other way round: is this a shared computer?"""

    shared = forms.BooleanField(
        label=_("This is a shared phone or computer"),
        help_text=_("We log you out when the browser closes, and keep no drafts here."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = _("Name you chose")
        self.fields["login"].widget = HandleWidget()
        self.fields["password"].help_text = ""

    def clean_login(self) -> str:
        """The name as it is kept, so that tries are counted under one name however it is typed; as typed where nobody has it."""
        typed = tidy(self.cleaned_data["login"])
        person = User.objects.named(typed)
        return person.handle if person else typed

    def login(self, request: Any, redirect_url: str | None = None) -> Any:
        response = super().login(request, redirect_url=redirect_url)
        if self.cleaned_data["shared"]:  # allauth has just set the long life that is usual
            request.session.set_expiry(0)
        return response


class ReauthenticateForm(Plain, allauth.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class ChangePasswordForm(Plain, allauth.ChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one."""


class SetPasswordForm(Plain, allauth.SetPasswordForm):  # type: ignore[misc]
    """A password for who had none."""


class NewPasswordForm(Plain, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    """A password for who showed the code from their e-mail."""


class AddressForm(Plain, allauth.AddEmailForm):  # type: ignore[misc]
    """An e-mail address for one's account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class LoginCodeForm(Plain, allauth.RequestLoginCodeForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address of your account")


class ResetPasswordForm(Plain, allauth.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address of your account")


class _MailedCode(Plain):
    """The code from an e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The code from the e-mail")
        self.fields["code"].widget = CodeWidget()


class LoginCodeConfirmForm(_MailedCode, allauth.ConfirmLoginCodeForm):  # type: ignore[misc]
    shared = forms.BooleanField(label=_("This is a shared phone or computer"), required=False)


class AddressCodeForm(_MailedCode, allauth.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    pass


class ResetCodeForm(_MailedCode, allauth.ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    pass


class ChoosesPassword(forms.Form):
    """For forms of ours with a new password beside a name: it goes through the same checks as everywhere."""

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(handle=self.cleaned_data.get("handle", "")))
        return password


class RecoveryForm(ChoosesPassword):
    """Name, a recovery code, and the new password. Which of the two was wrong is not said: that would tell who has an account."""

    handle = forms.CharField(label=_("Name you chose"), max_length=60, widget=HandleWidget())
    code = forms.CharField(
        label=_("One of your recovery codes"),
        max_length=60,
        widget=CodeWidget(),
        help_text=_("Fifteen letters and digits. Dashes and small letters do not matter."),
    )
    password = forms.CharField(
        label=_("New password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text=GOOD_PASSWORD,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


class EducatorForm(ChoosesPassword):
    """An educator makes their account with a one-time link."""

    handle = forms.CharField(label=_("Name to show"), max_length=60, widget=HandleWidget())
    password = forms.CharField(
        label=_("Password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 8 characters. This account can change the course: choose a good one."),
    )

    def clean_handle(self) -> str:
        return free_handle(self.cleaned_data["handle"])


class HandleForm(forms.Form):
    """Another name for the same person."""

    handle = forms.CharField(
        label=_("Name to show"),
        max_length=60,
        widget=HandleWidget(),
        help_text=_(
            "Not your real name, and not a name you use elsewhere. Changing it changes it on all your comments."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handle"].initial = user.handle
        self.user = user

    def clean_handle(self) -> str:
        return free_handle(self.cleaned_data["handle"], but=self.user)


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """How pages shall be for one person, in every browser."""

    class Meta:
        model = User
        fields = ("language", "time_zone", "text_size", "data_mode", "scheme")
        labels = {"data_mode": _("Data"), "scheme": _("Colours"), "text_size": _("Text size")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), required=False, choices=[("", _("As my browser says")), *settings.LANGUAGES]
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            required=False,
            choices=[("", _("UTC")), *((zone, zone.replace("_", " ")) for zone in time_zones())],
            help_text=_(
                "For the times you are shown. It says roughly where you are: leave it if you would rather not."
            ),
        )
