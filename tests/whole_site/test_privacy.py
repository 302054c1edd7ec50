"""What is kept about people is listed, said and bounded."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.core.cache import caches

from harmreduction.privacy import KEPT, unexplained
from tests import factories


def test_every_field_about_a_person_has_its_reason_and_its_end():
    assert unexplained() == []


def test_the_list_names_nothing_that_is_gone():
    for label in KEPT:
        app, model, *field = label.split(".")
        found = apps.get_model(app, model)
        assert not field or found._meta.get_field(field[0])


@pytest.mark.django_db
def test_the_public_page_says_all_of_it(client):
    from html import escape

    page = client.get("/privacy/").text
    for what, how_long in KEPT.values():
        assert escape(str(what), quote=True) in page and escape(str(how_long), quote=True) in page


@pytest.mark.django_db
def test_neither_the_time_of_signing_in_nor_an_address_is_kept(client, learner, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "30/m/ip"}
    client.post("/accounts/login/", {"login": "Heron", "password": factories.PASSWORD}, REMOTE_ADDR="203.0.113.77")
    from django.contrib.sessions.models import Session
    from django.db import connection

    session = str(Session.objects.get().get_decoded())
    assert "203.0.113.77" not in session
    keys = list(caches["default"]._cache)
    assert keys and all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys)
    columns = [c.name for c in connection.introspection.get_table_description(connection.cursor(), "accounts_user")]
    assert "last_login" not in columns
