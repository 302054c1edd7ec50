"""allauth's OpenID Connect, asking for nothing and keeping nothing of what it is told: no name, no address, no picture."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider


class Institution(OpenIDConnectProvider):  # type: ignore[misc]
    def get_default_scope(self) -> list[str]:
        return ["openid"]

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: Any) -> list[Any]:
        return []

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        return {}


provider_classes = [Institution]
