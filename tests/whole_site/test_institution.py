"""Signing in through an institution: off by default; switched on, it takes over a number and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jwt
import pytest
from django.conf import settings

from tests.services.servers import LONGEST

TOLD = {"sub": "4711", "name": "Rosa Real-Name", "email": "rosa@university.example", "email_verified": True}
# What a browser does, in a process of its own: the apps that are installed cannot change in this one.
JOURNEY = """
import json, django
from urllib.parse import parse_qs, urlsplit
django.setup()
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
call_command("check", fail_level="WARNING")
told = {}
def through(client):
    away = client.post("/accounts/institution/institution/login/", {"next": "/privacy/"})["Location"]
    told["away"] = away
    state = parse_qs(urlsplit(away).query)["state"][0]
    return client.get("/accounts/institution/institution/login/callback/", {"code": "x", "state": state})
client = Client(headers={"host": "localhost"})
page = client.get("/accounts/login/")
told["offered"], told["policy"] = "Log in through Test University" in page.text, page["Content-Security-Policy"]
told["asked"] = through(client)["Location"]
told["waiting"] = str([session.get_decoded() for session in Session.objects.all()])
told["form"] = client.get(told["asked"]).text
told["refused"] = "role on this site" in client.post(told["asked"], {"username": "admin"}).text
told["joined"] = client.post(told["asked"], {"username": "Heron"})["Location"]
told["inside"] = "Heron" in client.get("/accounts/settings/").text
again = Client(headers={"host": "localhost"})
told["again"] = through(again)["Location"]
told["inside again"] = "Heron" in again.get("/accounts/settings/").text
stopped = "/accounts/institution/institution/login/callback/?error=access_denied&state=x"
told["stopped"] = "Nothing has changed here" in Client(headers={"host": "localhost"}).get(stopped).text
rows = []
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        rows += cursor.fetchall()
told["rows"] = str(rows)
print(json.dumps(told))
"""


class University(BaseHTTPRequestHandler):
    """Tells who somebody is, and more than it is asked."""

    def answer(self, said: dict) -> None:
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        here = f"http://127.0.0.1:{self.server.server_port}"
        ends = {
            name: f"{here}/{name}"
            for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
        }
        self.answer({"issuer": here, **ends})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        now = int(time.time())
        times = {"iss": f"http://127.0.0.1:{self.server.server_port}", "aud": "us", "iat": now, "exp": now + LONGEST}
        token = jwt.encode({**TOLD, **times}, "a secret that nobody checks, over TLS", algorithm="HS256")
        self.answer({"access_token": "opaque-access", "token_type": "Bearer", "id_token": token})

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def issuer() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), University)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_it_is_off_unless_it_is_set_up(client, db):
    assert "allauth.socialaccount" not in settings.INSTALLED_APPS
    assert "Log in through" not in client.get("/accounts/login/").text
    assert client.get("/accounts/institution/institution/login/").status_code == 404


@pytest.mark.real_clock  # what the institution says is good for a few minutes
def test_somebody_comes_from_their_institution_under_a_name_of_their_own_choosing(issuer: str, tmp_path: Path):
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "harmreduction.settings.dev", "DATA_DIR": str(tmp_path), "NO_PROXY": "*",
        "OIDC_ISSUER": issuer, "OIDC_NAME": "Test University", "OIDC_CLIENT_ID": "us", "OIDC_CLIENT_SECRET": "shh",
    }  # fmt: skip
    environment.pop("SECRET_KEY", None)
    run = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", JOURNEY],
        capture_output=True, text=True, env=environment, cwd=settings.BASE_DIR, timeout=LONGEST,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["offered"] and f"form-action 'self' {issuer}" in told["policy"]
    assert told["away"].startswith(f"{issuer}/authorization_endpoint?") and "scope=openid&" in told["away"] + "&"
    assert "code_challenge" in told["away"]
    assert told["asked"] == "/accounts/institution/name/" and "Rosa" not in told["form"]
    assert told["refused"] and told["inside"] and told["inside again"]
    assert told["again"] == "/privacy/"
    assert told["stopped"]
    for word in ("Rosa", "rosa@", "opaque-access"):
        assert word not in told["rows"] and word not in told["waiting"]
    assert "4711" in told["rows"]
