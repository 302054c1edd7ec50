"""The files of deploy/nginx, really used: nginx with TLS in front of two production processes on PostgreSQL and Redis."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.services.conftest import database_of_its_own, machines_redis
from tests.services.servers import LONGEST, end, free_port, until, wait_for
from tests.whole_site.test_running import COURSE, ROOT, SAFE

PASSWORD = "plum harbour seven lanterns"
FILM = bytes(range(256)) * 2000
STEP = "/courses/tiny/steps/a-step/"


def certificate(folder: Path) -> None:
    """A certificate for course.example that only this test believes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "course.example")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("course.example")]), critical=False)
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(*pem))


class Reader:
    """A browser without pages: cookies, and an address of its own on this machine."""

    def __init__(self, port: int, authority: Path, address: str) -> None:
        self.port, self.address, self.cookies = port, address, dict[str, str]()
        self.context = ssl.create_default_context(cafile=str(authority))
        self.context.check_hostname = False

    def ask(
        self, method: str, path: str, body: dict[str, str] | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        line = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=self.context, timeout=LONGEST, source_address=(self.address, 0)
        )
        given = {"Host": "course.example", "Referer": "https://course.example/", **headers}
        if self.cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            given["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, urlencode(body) if body is not None else None, given)
            answer = line.getresponse()
            content = answer.read()
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer, content

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        return self.ask("GET", path, **headers)

    def post(self, path: str, **fields: str) -> http.client.HTTPResponse:
        _page, words = self.get("/accounts/login/" if "sessionid" not in self.cookies else STEP)
        token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', words)
        assert token, words[:500]
        return self.ask("POST", path, {"csrfmiddlewaretoken": token.group(1).decode(), **fields})[0]


class Served:
    """Two web processes and nginx, and how to stop one of them."""

    def __init__(self, folder: Path, database: str, redis: str) -> None:
        self.folder, self.ports, self.tls, self.plain = folder, [free_port(), free_port()], free_port(), free_port()
        self.data = folder / "data"
        self.variables = {
            **{k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}},
            **SAFE,
            "DATA_DIR": str(self.data),
            "CONTENT_DIR": str(folder / "content"),
            "DATABASE_URL": database,
            "CACHE_URL": redis,
            "CSRF_TRUSTED_ORIGINS": "https://course.example",
            "PROXIES": "1",
            "WRITES_A_MINUTE": "12",
            "ADDRESS_WRITES_A_MINUTE": "8",
            "NEW_ACCOUNT_DAYS": "0",  # else a new account waits between two posts
            "LOG_REQUESTS": "1",
            "LOG_FORMAT": "json",
        }
        self.manage("start", "--prepare-only")
        self.webs = [self.web(port) for port in self.ports]
        self.nginx = self._nginx()

    def manage(self, *arguments: str, **more: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env={**self.variables, **more}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def web(self, port: int) -> subprocess.Popen[bytes]:
        """As deploy/systemd/course-web@.service starts it."""
        unit = (ROOT / "deploy/systemd/course-web@.service").read_text()
        line = re.search(r"^ExecStart=\S+/granian (.*)$", unit, flags=re.M)
        assert line
        arguments = line.group(1).replace("%i", str(port)).split()
        started = subprocess.Popen(
            [sys.executable, "-m", "granian", *arguments],
            cwd=ROOT,
            env=self.variables,
            stdout=(log := self.log_of(port).open("ab")),
            stderr=log,
        )
        log.close()
        wait_for(port, started)
        return started

    def log_of(self, port: int) -> Path:
        """What the process on this port writes down: a line for each request."""
        return self.folder / f"site-{port}.log"

    def written(self, *names: str) -> str:
        """What stands in the log files of these names (or in all)."""
        return "".join(
            path.read_text(errors="replace") for name in names or ["*"] for path in self.folder.glob(f"{name}.log")
        )

    def _nginx(self) -> subprocess.Popen[bytes]:
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        certificate(self.folder)
        site = (ROOT / "deploy/nginx/course.conf").read_text()
        for ours, theirs in (
            ("127.0.0.1:8001", f"127.0.0.1:{self.ports[0]}"),
            ("127.0.0.1:8002", f"127.0.0.1:{self.ports[1]}"),
            ("listen 80;", f"listen 127.0.0.1:{self.plain};"),
            ("listen 443 ssl http2;", f"listen 127.0.0.1:{self.tls} ssl http2;"),
            ("    listen [::]:80;\n", ""),
            ("    listen [::]:443 ssl http2;\n", ""),
            ("/etc/letsencrypt/live/course.example/", f"{self.folder}/"),
            ("/var/log/nginx/", f"{self.folder}/"),
            ("/etc/nginx/course-proxy.conf", str(ROOT / "deploy/nginx/course-proxy.conf")),
            ("/srv/course/data/", f"{self.data}/"),
        ):
            assert ours in site
            site = site.replace(ours, theirs)
        (self.folder / "course.conf").write_text(site)
        temporary = "".join(
            f"{kind}_temp_path {self.folder}/{kind}-parts;"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "nginx.conf").write_text(
            f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/start.log;\n"
            f"events {{}}\nhttp {{ {temporary} include {self.folder}/course.conf; }}\n"
        )
        started = subprocess.Popen([program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")])
        wait_for(self.tls, started)
        return started

    def stop(self) -> None:
        for process in (self.nginx, *self.webs):
            end(process)

    def reader(self, address: str = "127.0.0.5") -> Reader:
        return Reader(self.tls, self.folder / "fullchain.pem", address)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    topic = folder / "content" / "tiny" / "01-week" / "01-topic"
    topic.mkdir(parents=True)
    (topic.parents[1] / "course.yaml").write_text(COURSE)
    (topic.parent / "week.yaml").write_text("id: week\ntitle: A week\n")
    (topic / "topic.yaml").write_text("id: topic\ntitle: A topic\n")
    (topic / "01-a-step.md").write_text("---\nid: a-step\nkind: article\ntitle: A step\nminutes: 3\n---\nWords.\n")
    with database_of_its_own() as database, machines_redis() as redis:
        site = Served(folder, database, redis)
        media = site.data / "media" / "courses"
        media.mkdir(parents=True)
        (media / "film.0123456789.mp4").write_bytes(FILM)
        (media / "lamp.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>" + " " * 500)
        (media / "page.html").write_text("<script>alert(1)</script>")
        yield site
        site.stop()


@pytest.fixture(scope="module")
def people(served: Served) -> None:
    words = (
        "from accounts.models import User; [User.objects.create_user(f'Tern {i}', '"
        + PASSWORD
        + "') for i in range(4)]"
    )
    served.manage("shell", "-c", words)


def signed_in(served: Served, name: str, address: str) -> Reader:
    reader = served.reader(address)
    answer = reader.post("/accounts/login/", login=name, password=PASSWORD)
    assert answer.status == 302, answer.status
    return reader


def test_plain_http_leads_to_https(served):
    line = http.client.HTTPConnection("127.0.0.1", served.plain, timeout=LONGEST)
    line.request("GET", f"{STEP}?x=1", headers={"Host": "course.example"})
    answer = line.getresponse()
    line.close()
    assert answer.status == 301 and answer.headers["Location"] == f"https://course.example{STEP}?x=1"


def test_a_page_comes_with_every_header_of_safety(served):
    answer, words = served.reader().get(STEP)
    assert answer.status == 200 and b"Words." in words
    headers = answer.headers
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert (
        "default-src 'self'" in headers["Content-Security-Policy"]
        and "unsafe" not in headers["Content-Security-Policy"]
    )
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
    assert headers["Server"] == "nginx" and re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-ID"])
    kept = [c for c in headers.get_all("Set-Cookie") or [] if "Max-Age=0" not in c]
    assert len(kept) <= 1 and all(c.startswith("csrftoken=") and "Secure" in c and "HttpOnly" in c for c in kept)


def test_a_film_is_served_in_ranges_and_kept_for_ever(served):
    reader = served.reader()
    answer, words = reader.get("/media/courses/film.0123456789.mp4", Range="bytes=1000-1999")
    assert answer.status == 206 and words == FILM[1000:2000]
    assert (
        answer.headers["Content-Range"] == f"bytes 1000-1999/{len(FILM)}"
        and answer.headers["Content-Type"] == "video/mp4"
    )
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reader.get("/media/courses/film.0123456789.mp4", Range="bytes=9999999-")[0].status == 416
    whole, words = reader.get("/media/courses/film.0123456789.mp4")
    assert whole.status == 200 and words == FILM and whole.headers["Accept-Ranges"] == "bytes"


def test_what_was_uploaded_cannot_run(served):
    reader = served.reader()
    picture = reader.get("/media/courses/lamp.svg")[0].headers
    packed, words = reader.get("/media/courses/lamp.svg", **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and len(words) < 200
    film = reader.get("/media/courses/film.0123456789.mp4", **{"Accept-Encoding": "gzip"})[0]
    assert "Content-Encoding" not in film.headers
    assert reader.get("/metrics", Authorization="Bearer anything")[0].status == 404
    assert picture["Content-Type"] == "image/svg+xml" and "sandbox" in picture["Content-Security-Policy"]
    assert picture["Cache-Control"] == "public, max-age=3600" and picture["X-Content-Type-Options"] == "nosniff"
    page = reader.get("/media/courses/page.html")[0].headers
    assert page["Content-Type"] == "application/octet-stream" and page["Content-Disposition"] == "attachment"
    assert reader.get("/media/../secret_key")[0].status in {400, 404}
    assert reader.get("/media/%2e%2e/secret_key")[0].status in {400, 404}


def test_static_files_are_fingerprinted_compressed_and_kept_for_ever(served):
    reader = served.reader()
    sheet = re.search(rb'href="(/static/css/site\.[0-9a-f]+\.css)"', reader.get(STEP)[1])
    assert sheet
    answer, _words = reader.get(sheet.group(1).decode(), **{"Accept-Encoding": "br, gzip"})
    assert answer.status == 200 and "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] in {"br", "gzip"}


def test_two_processes_behave_as_one(served, people):
    """Requests go to them in turn: who signs in at one is known at the other, and what is written at one is read at the other."""
    reader = signed_in(served, "Tern 0", "127.0.0.21")
    assert all(b"Tern 0" in reader.get(STEP)[1] for _ in range(6))
    for number in range(2):
        assert reader.post(f"{STEP}comments/", body=f"Comment number {number}.").status in {302, 303}
        pages = [reader.get(STEP)[1] for _ in range(4)]
        assert all(f"Comment number {number}.".encode() in page for page in pages)
    assert reader.post("/accounts/logout/").status == 302
    assert not any(b"Tern 0" in reader.get("/support/")[1] for _ in range(4))


def test_both_count_together_under_the_readers_own_address(served, people):
    """Eight writes a minute for an address: not eight at each process, and nobody gets around it by saying to be somebody else."""

    def write(reader: Reader, n: int) -> list[int]:
        return [
            reader.ask("POST", "/display/", {}, **{"X-Forwarded-For": f"203.0.113.{i}"})[0].status for i in range(n)
        ]

    for attempt in range(5):  # until all of them fall into one minute, since each minute counts anew
        minute = time.time() // 60
        statuses = write(served.reader(f"127.0.0.{31 + attempt}"), 20)
        if minute == time.time() // 60:
            break
    assert statuses.count(429) == 12
    assert 429 not in write(served.reader("127.0.0.39"), 3)


def test_nothing_that_is_written_down_holds_an_address_or_a_page(served, people):
    reader = signed_in(served, "Tern 1", "127.0.0.41")
    reader.get(f"{STEP}?before=77", **{"User-Agent": "Telltale/1.0", "X-Forwarded-For": "203.0.113.41"})
    reader.get("/media/courses/lamp.svg")
    reader.get("/nothing-there/")
    number = reader.get("/support/")[0].headers["X-Request-ID"]
    until(lambda: all(number in served.written(name) for name in ("site-*", "course-access")), "the last request")
    written = served.written()
    lines = (served.folder / "course-access.log").read_text().splitlines()
    assert lines and all(re.fullmatch(r"\S+ [A-Z]+ \d{3} \d+ [\d.]+ [0-9a-f]{32}", line) for line in lines)
    for telltale in ("127.0.0.41", "203.0.113.41", "Telltale", "before=77", "Tern 1", "nothing-there", "a-step"):
        assert telltale not in written, telltale


def test_one_process_can_be_started_again_while_the_other_answers(served):
    reader = served.reader("127.0.0.51")
    statuses = []

    def is_asked_again(port: int) -> bool:  # by nginx, two seconds after it failed
        answer = reader.get(STEP)[0]
        statuses.append(answer.status)
        return answer.headers["X-Request-ID"] in served.log_of(port).read_text()

    for i, port in enumerate(served.ports):
        end(served.webs[i])
        statuses += [reader.get(STEP)[0].status for _ in range(6)]
        served.webs[i] = served.web(port)
        until(partial(is_asked_again, port), "nginx never asks it again")
    assert set(statuses) == {200}


def test_health_goes_through(served):
    reader = served.reader()
    assert reader.get("/healthz")[0].status == 200
    answer, words = reader.get("/readyz")
    assert answer.status == 200 and words == b'{"database": "ok", "cache": "ok"}'
