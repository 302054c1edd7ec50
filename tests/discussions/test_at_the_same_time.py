"""What holds when many write at once and when a process dies: threads and processes of their own on a database file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.once import made_once
from tests.services.servers import LONGEST

ROOT = Path(__file__).parents[2]
BEGIN = """
import os, sys, threading
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from tests import factories
from accounts.models import User
from courses.models import Step
from allauth.account.models import EmailAddress
from discussions import mailing, marking, notifications
from discussions.models import *
if connection.vendor == "sqlite":
    connection.settings_dict["OPTIONS"]["timeout"] = 900  # seconds: what is tried is who comes first, not how long a busy machine takes
settings.WRITE_LIMITS = False  # sixteen new accounts write without a pause
settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
settings.EMAIL_FILE_PATH = str(settings.DATA_DIR / "mail")
"""


PEOPLE = """
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
factories.small_course()
step = Step.objects.get(slug="one-a")
for i in range(6):
    reader = factories.person(f"reader {i}")
    EmailAddress.objects.create(user=reader, email=f"r{i}@mail.example", verified=True, primary=True)
    Preferences.objects.create(person=reader, email="daily")
    root = factories.comment(step, reader)
    factories.comment(step, factories.person(), parent=root)
"""
SIXTEEN = """
step = Step.objects.get(slug="one-a")
root = Comment.objects.filter(parent=None).first()
reader = root.author
before = reader.unread_notifications
writers = [User.objects.create(handle=f"writer {i}") for i in range(16)]
ready = threading.Barrier(16)
def write(writer):
    try:
        ready.wait()
        for i in range(3):
            factories.comment(step, writer, parent=root)
            marking.like(person=writer, comment=root, on=True)
            if i == 1:
                notifications.see(person=reader)
        marking.like(person=writer, comment=root, on=writer.pk % 4 != 0)
    finally:
        connection.close()
with ThreadPoolExecutor(16) as pool:
    list(pool.map(write, writers))
root.refresh_from_db(); reader.refresh_from_db()
likes = Like.objects.filter(comment=root).count()
new = Notification.objects.filter(person=reader, seen=False).count()
rows = Notification.objects.filter(person=reader).count()
assert rows == before + 48, rows
assert reader.unread_notifications == new, (reader.unread_notifications, new)
assert root.like_count == likes == 12, (root.like_count, likes)
assert root.reply_count == Comment.objects.filter(root=root).count() == 49
assert Discussion.objects.get(step=step).comment_count == Comment.objects.count()
notifications.see(person=reader)
reader.refresh_from_db()
assert reader.unread_notifications == 0
print("exact")
"""


ERASING = """
from harmreduction import my_data
step = Step.objects.get(slug="one-a")
root = Comment.objects.filter(parent=None).first()
person = root.author
handle = person.handle
others = [User.objects.create(handle=f"writer {i}") for i in range(6)]
ready = threading.Barrier(8)
def answer(writer):
    try:
        ready.wait()
        for _ in range(3):
            factories.comment(step, writer, f"@{handle} what do you think?", parent=root)
            marking.like(person=writer, comment=root, on=True)
    finally:
        connection.close()
def erase(_n):
    try:
        ready.wait()
        return my_data.erase(person=User(pk=person.pk, handle=handle), keep_words=True)
    finally:
        connection.close()
with ThreadPoolExecutor(8) as pool:
    writing = pool.map(answer, others)
    erased = pool.map(erase, range(2))
    list(writing)
    done = sorted(erased)
assert done == [False, True], done
assert not User.objects.filter(pk=person.pk).exists()
root.refresh_from_db()
assert root.author is None and root.like_count == Like.objects.filter(comment=root).count() == 6
assert Comment.objects.filter(root=root).count() == root.reply_count
assert not Notification.objects.filter(person=person.pk).exists()
print("exact")
"""


def run(data: Path, script: str, **variables: str) -> subprocess.Popen[str]:
    keep = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    settings = {"DJANGO_SETTINGS_MODULE": "harmreduction.settings.base", "DATA_DIR": str(data), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + script],
        cwd=ROOT,
        env={**keep, **settings, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], code: int = 0) -> str:
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == code, err
    return out.strip()


def mails(data: Path) -> list[str]:
    return [file.read_text() for file in sorted((data / "mail").glob("*"))] if (data / "mail").exists() else []


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A database with a course, a conversation of two people, and six people who want mail and have news."""
    made = made_once(tmp_path_factory, "people", lambda folder: finish(run(folder, PEOPLE)))
    return Path(shutil.copytree(made, tmp_path / "data"))


def test_counts_are_exact_with_sixteen_writers_at_once(data: Path):
    assert finish(run(data, SIXTEEN)) == "exact"


def test_two_erasures_at_once_while_others_write_to_the_person(data: Path):
    assert finish(run(data, ERASING)) == "exact"


def test_two_commands_at_once_send_each_mail_once(data: Path):
    both = [run(data, 'call_command("send_digests")') for _ in range(2)]
    said = [finish(process) for process in both]
    assert sum(int(words.split()[1]) for words in said) == 6
    sent = "\n".join(mails(data))
    assert [sent.count(f"To: r{i}@mail.example") for i in range(6)] == [1] * 6
    assert finish(run(data, 'call_command("send_digests")')) == "Sent 0 e-mails."


LATER = """
import time_machine
from datetime import timedelta
from django.utils import timezone
with time_machine.travel(timezone.now() + mailing.STALE + timedelta(seconds=5), tick=False):
    call_command("send_digests")
"""


def test_a_command_killed_between_claim_and_send_loses_nothing_and_sends_nothing_twice(data: Path):
    finish(run(data, 'mailing._send = lambda letter: os._exit(9)\ncall_command("send_digests")'), code=9)
    assert mails(data) == []
    assert finish(run(data, 'call_command("send_digests")')) == "Sent 5 e-mails."  # the sixth is claimed, by nobody now
    assert finish(run(data, LATER)) == "Sent 1 e-mails."
    sent = "\n".join(mails(data))
    assert [sent.count(f"To: r{i}@mail.example") for i in range(6)] == [1] * 6


def test_a_command_killed_between_sending_and_noting_it_sends_that_one_mail_again_under_the_same_number(data: Path):
    finish(run(data, 'mailing._close = lambda letter: os._exit(9)\ncall_command("send_digests")'), code=9)
    assert len(mails(data)) == 1
    assert finish(run(data, LATER)) == "Sent 6 e-mails."
    sent = "\n".join(mails(data))
    numbers = [line for line in sent.splitlines() if line.startswith("Message-ID:")]
    assert len(numbers) == 7 and len(set(numbers)) == 6


def test_of_two_moderators_at_the_same_moment_the_second_is_told_what_the_first_decided(data: Path):
    script = """
from discussions import moderation
comment = Comment.objects.filter(parent=None).first()
moderators = [factories.moderator(name) for name in ("Mo", "Kit", "Ada", "Sol")]
for one in range(3):
    moderation.report(comment=comment, reporter=None, reason="spam")
before = Discussion.objects.get().comment_count
ready = threading.Barrier(4)
def act(moderator):
    ready.wait()
    try:
        moderation.decide(moderator=moderator, comment=comment, acts=["hide"], reason="spam", note=moderator.handle, seen=0)
        return "first"
    except moderation.Overtaken as first:
        return [decision.note for decision in first.decisions]
    finally:
        connection.close()
with ThreadPoolExecutor(4) as pool:
    said = list(pool.map(act, moderators))
decision = Decision.objects.get()
assert sorted(map(str, said)) == sorted(["first"] + [str([decision.note])] * 3), said
assert Discussion.objects.get().comment_count == before - 1
assert Case.objects.get().closed_at and Notification.objects.filter(decision=decision).count() == 1
"""
    finish(run(data, script))
