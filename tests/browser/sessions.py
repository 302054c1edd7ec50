"""Browsers of people who logged in before. How one logs in has tests of its own."""

from __future__ import annotations

from django.test import Client
from playwright.sync_api import Page

from accounts.models import User


def log_in(page: Page, person: User, site: str) -> None:
    """Give the page's browser a session of this person; `site` is the address of the live site."""
    client = Client()
    client.force_login(person)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
