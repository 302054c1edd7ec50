"""How allauth signs people up and in here: any name, and the progress of this browser comes along."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.handles import tidy, validate_handle
from accounts.models import User
from courses import answers, progress


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    def clean_username(self, username: str, shallow: bool = False) -> str:
        """The handle as it will be kept. Raises ValidationError when it may not be used or is taken."""
        handle = tidy(username)
        validate_handle(handle)
        if not shallow and User.objects.filter(handle__iexact=handle).exists():
            raise ValidationError(_("This name is taken. Add something to it, or choose another."), code="taken")
        return handle

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Bring the progress and the quiz answers kept in this browser into the account."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        added = progress.carry_over(request=request, response=response, user=user)
        if added:
            words = ngettext(
                "The step you finished in this browser is now in your account.",
                "The %(count)d steps you finished in this browser are now in your account.",
                added,
            )
            messages.success(request, words % {"count": added})
        brought = answers.carry_over(request=request, response=response, user=user)
        if brought:
            words = ngettext(
                "Your answer to a quiz question came along too.",
                "Your answers to %(count)d quiz questions came along too.",
                brought,
            )
            messages.success(request, words % {"count": brought})
        return response

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own remarks ("Successfully signed in as …") are left out: the page shows it."""
