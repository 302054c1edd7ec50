"""Signing in and out: allauth's pages with what ours need."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import passkeys


class SignIn(LoginView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.OIDC_ISSUER:
            context["institution"] = settings.OIDC_NAME
            context["institution_login"] = reverse("openid_connect_login", args=["institution"])
        return {**context, "possible": passkeys.possible(self.request)}


class SignOut(LogoutView):  # type: ignore[misc]
    """From a shared computer the browser is told to forget the pages and what scripts kept."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        request: HttpRequest = self.request
        shared = request.session.get("shared")
        response: HttpResponse = super().post(*args, **kwargs)
        if shared:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()
