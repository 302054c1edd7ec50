"""An installation of its own for a fault: a small course, people, web processes that can be killed, and writers that do not give up."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.services.servers import free_port, wait_for

ROOT = Path(__file__).parents[1]
SET_UP = """
import json
from django.test import Client
from tests import factories
course = factories.small_course()
step = course.steps.get(slug="one-a")
people = [factories.person(f"Writer {i}") for i in range(PEOPLE)]
liked = [factories.comment(step, factories.person(f"Author {i}")).pk for i in range(PEOPLE)]
cookies = []
for person in people:
    client = Client()
    client.force_login(person)
    cookies.append(client.cookies["sessionid"].value)
print(json.dumps({"cookies": cookies, "liked": liked}))
"""
ACCOUNT = """
import json
from collections import Counter
from django.db import connection
from courses.models import Completion
from discussions.models import Comment, Discussion, Like
whole = ""
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        whole = cursor.execute("PRAGMA integrity_check").fetchone()[0]
print(json.dumps({
    "bodies": dict(Counter(Comment.objects.filter(body__startswith="w ").values_list("body", flat=True))),
    "counted": Discussion.objects.get(step__slug="one-a").comment_count,
    "comments": Comment.objects.filter(step__slug="one-a").count(),
    "likes": [f"{p} {c}" for p, c in Like.objects.values_list("person__handle", "comment_id")],
    "like_counts": sum(Comment.objects.values_list("like_count", flat=True)),
    "done": [f"{p} {s}" for p, s in Completion.objects.values_list("learner__handle", "step__slug")],
    "whole": whole,
}))
"""
STEPS = ("one-a", "one-b", "two-a", "two-b", "three-a", "three-b")


class Installation:
    def __init__(self, data: Path, people: int, **variables: str) -> None:
        (data / "no-courses").mkdir(parents=True, exist_ok=True)
        keep = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
        given = {
            "DATA_DIR": str(data),
            "CONTENT_DIR": str(data / "no-courses"),
            "DJANGO_SETTINGS_MODULE": "bench.settings",
        }
        self.variables, self.data = {**keep, **given, **variables}, data
        self.webs: dict[int, subprocess.Popen[bytes]] = {}
        self.log = (data.parent / f"{data.name}.log").open("ab")
        self.manage("start", "--prepare-only")
        found = self.python(SET_UP.replace("PEOPLE", str(people)))
        self.cookies, self.liked = found["cookies"], found["liked"]

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.variables, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"manage.py {arguments[0]}: {done.stderr}")

    def python(self, code: str) -> Any:
        setup = "import django; django.setup()\n"
        command = [sys.executable, "-c", setup + code]
        done = subprocess.run(command, cwd=ROOT, env=self.variables, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def serve(
        self, port: int = 0, *, workers: int = 1, threads: int = 4, app: str = "harmreduction.wsgi", **more: str
    ) -> int:
        port = port or free_port()
        arguments = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        arguments += ["--workers", str(workers), "--blocking-threads", str(threads), "--no-ws", "--no-access-log"]
        arguments += [
            "--log-level",
            "warning",
            "--backpressure",
            "128",
            "--respawn-failed-workers",
            "--respawn-interval",
            "0.5",
        ]
        arguments += ["--workers-kill-timeout", "15", f"{app}:application"]
        environment = {**self.variables, **more}
        self.webs[port] = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=self.log, stderr=self.log)
        wait_for(port, self.webs[port])
        self.ready(port)
        return port

    @staticmethod
    def ready(port: int) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                line.request("GET", "/healthz")
                if line.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.1)
            finally:
                line.close()
        sys.exit("the site does not answer")

    def workers(self, port: int) -> list[int]:
        """The numbers of the worker processes behind a port."""
        master = self.webs[port].pid
        lists = Path(f"/proc/{master}/task").glob("*/children")
        return [pid for children in lists for pid in map(int, children.read_text().split())]

    def stop(self, port: int | None = None) -> None:
        for one in [port] if port else list(self.webs):
            process = self.webs.pop(one)
            process.terminate()
            process.wait(60)

    def close(self) -> None:
        self.stop()
        self.log.close()

    def account(self) -> Any:
        return self.python(ACCOUNT)


class Writer(threading.Thread):
    """One person who posts, likes and finishes steps, and presses the button again when no answer came."""

    def __init__(self, site: Installation, number: int, ports: list[int], stop: threading.Event) -> None:
        super().__init__()
        self.site, self.number, self.ports, self.over = site, number, ports, stop
        self.statuses: Counter[int | str] = Counter()
        self.posted: list[str] = []
        self.liked: set[str] = set()
        self.done: set[str] = set()
        self.times: list[tuple[float, int | str]] = []
        self._turn = number

    def run(self) -> None:
        n = 0
        while not self.over.is_set():
            # In letters: a row of digits might be somebody's telephone number, and one is asked about it first.
            body = "w " + "".join(secrets.choice("abcdefghijklmnop") for _ in range(20))
            ticket = str(uuid.uuid4())
            if self._until_taken("one-a/comments/", {"body": body, "submission": ticket}):
                self.posted.append(body)
            if n < len(self.site.liked):
                comment = self.site.liked[n]
                if self._until_taken(f"one-a/comments/{comment}/like/", {"on": "1"}):
                    self.liked.add(f"Writer {self.number} {comment}")
            step = STEPS[n % len(STEPS)]
            if self._until_taken(f"{step}/done/", {"done": "1"}):
                self.done.add(f"Writer {self.number} {step}")
            self.statuses[self._ask("GET", f"/courses/harbour/steps/{step}/", None)] += 1
            n += 1

    def _until_taken(self, path: str, fields: dict[str, str]) -> bool:
        while not self.over.is_set():
            status = self._ask("POST", f"/courses/harbour/steps/{path}", fields)
            self.statuses[status] += 1
            self.times.append((time.monotonic(), status))
            if status in {302, 303}:
                return True
            time.sleep(0.1)
        return False

    def _ask(self, method: str, path: str, fields: dict[str, str] | None) -> int | str:
        """The status; or what went wrong on the line. A process that refuses the line is passed over, as nginx does."""
        token = "t" * 32
        headers = {"Cookie": f"sessionid={self.site.cookies[self.number]}; csrftoken={token}"}
        body = None
        if fields is not None:
            body = "&".join(f"{k}={v.replace(' ', '+')}" for k, v in {**fields, "csrfmiddlewaretoken": token}.items())
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for attempt in range(len(self.ports)):
            self._turn += 1
            line = http.client.HTTPConnection("127.0.0.1", self.ports[self._turn % len(self.ports)], timeout=40)
            try:
                line.connect()
                line.request(method, path, body, headers)
                answer = line.getresponse()
                answer.read()
                return answer.status
            except ConnectionRefusedError:
                continue
            except (OSError, http.client.HTTPException) as error:
                if method == "GET" and attempt + 1 < len(self.ports):
                    continue
                return type(error).__name__
            finally:
                line.close()
        return "refused"


@contextmanager
def writing(site: Installation, ports: list[int]) -> Iterator[list[Writer]]:
    """All people write at once until the block ends."""
    stop = threading.Event()
    writers = [Writer(site, n, ports, stop) for n in range(len(site.cookies))]
    for writer in writers:
        writer.start()
    try:
        yield writers
    finally:
        stop.set()
        for writer in writers:
            writer.join(90)


def lost_or_doubled(site: Installation, writers: list[Writer]) -> list[str]:
    """What was acknowledged and is not there, what is there twice, and counts that are not what they count."""
    found, wrong = site.account(), []
    wrong += [f"lost: {body}" for w in writers for body in w.posted if body not in found["bodies"]]
    wrong += [f"doubled: {body}" for body, times in found["bodies"].items() if times > 1]
    wrong += [f"like lost: {like}" for w in writers for like in w.liked if like not in found["likes"]]
    wrong += [f"completion lost: {done}" for w in writers for done in w.done if done not in found["done"]]
    if len(found["done"]) != len(set(found["done"])):
        wrong.append("a completion is there twice")
    if found["counted"] != found["comments"]:
        wrong.append(f"{found['comments']} comments are counted as {found['counted']}")
    if found["like_counts"] != len(found["likes"]):
        wrong.append(f"{len(found['likes'])} likes are counted as {found['like_counts']}")
    if found["whole"] not in {"", "ok"}:
        wrong.append(f"the database is damaged: {found['whole']}")
    return wrong
