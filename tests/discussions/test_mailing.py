"""E-mail about notifications: what it says and what it does not, when it goes, that it goes once, and how it stops."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client, override_settings

from accounts.models import User
from courses.models import Step
from discussions import mailing, notifications
from discussions.models import Comment, Digest, Notification, Preferences
from harmreduction import my_data
from harmreduction.logs import Plain
from tests import factories

pytestmark = pytest.mark.django_db
SMTP = "django.core.mail.backends.smtp.EmailBackend"
MONDAY = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("UTC"))


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


@pytest.fixture
def reader(learner) -> User:
    EmailAddress.objects.create(user=learner, email="heron@mail.example", verified=True, primary=True)
    Preferences.objects.create(person=learner, email="daily")
    return learner


def answer(step: Step, to: User, body: str = "Secret words.", by: User | None = None) -> Comment:
    root = Comment.objects.filter(author=to, parent=None).first() or factories.comment(step, to)
    return factories.comment(step, by or factories.person(), body, parent=root)


def send() -> int:
    before = len(mail.outbox)
    call_command("send_digests", verbosity=0)
    return len(mail.outbox) - before


def wants(person: User, how: str) -> None:
    Preferences.objects.filter(person=person).update(email=how)


def test_without_being_asked_no_mail_goes(learner, step):
    EmailAddress.objects.create(user=learner, email="heron@mail.example", verified=True, primary=True)
    answer(step, learner)
    assert send() == 0
    Preferences.objects.create(person=learner)
    assert send() == 0


def test_an_account_that_is_deleted_meanwhile_keeps_nobody_else_from_mail(reader, step, monkeypatch):
    people = [reader, factories.person("Tern"), factories.person("Wren")]
    for person in people[1:]:
        address = f"{person.handle.lower()}@mail.example"
        EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
        Preferences.objects.create(person=person, email="daily")
    for person in people:
        root = factories.comment(step, person)
        factories.comment(step, factories.person(), parent=root)
    deliver = mailing.deliver

    def while_one_leaves(letter):
        my_data.erase(person=people[1], keep_words=False)
        return deliver(letter)

    monkeypatch.setattr(mailing, "deliver", while_one_leaves)
    assert send() == 2
    assert [letter.to for letter in mail.outbox] == [["heron@mail.example"], ["wren@mail.example"]]


def test_an_address_that_was_not_confirmed_gets_no_mail(reader, step):
    EmailAddress.objects.update(verified=False)
    answer(step, reader)
    assert send() == 0 and not Digest.objects.exists()


def test_the_mail_says_how_much_is_new_and_nothing_of_course_people_or_words(reader, step):
    writer = factories.person("salt and thyme")
    answer(step, reader, by=writer)
    answer(step, reader, "@Heron", by=writer)
    assert send() == 1
    letter = mail.outbox[0]
    assert letter.to == ["heron@mail.example"] and letter.subject == "2 new notifications"
    html = letter.alternatives[0][0]
    for text in (letter.subject, letter.body, html, str(letter.message())):
        for secret in ("Secret words", "salt and thyme", "Heron", step.title, step.course.title, settings.SITE_NAME):
            assert secret not in text
    assert "- 1 reply to what you wrote" in letter.body and "- You were mentioned once" in letter.body
    assert f"{settings.SITE_ADDRESS}/notifications/" in letter.body
    assert "style=" not in html and "<img" not in html


def test_the_mail_carries_a_way_out_that_mail_programmes_can_press(reader, step):
    answer(step, reader)
    send()
    message = mail.outbox[0].message()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(r"<(.*)>", message["List-Unsubscribe"])[1]
    assert address in mail.outbox[0].body and address.startswith(f"{settings.SITE_ADDRESS}/notifications/stop/")
    way = address.removeprefix(settings.SITE_ADDRESS)
    anybody = Client(enforce_csrf_checks=True)
    page = anybody.get(way)
    assert page.status_code == 200 and "Send me no more e-mail" in page.text and "Heron" not in page.text
    assert Preferences.objects.get().email == "daily"
    done = anybody.post(way, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200 and "You will get no more e-mail" in done.text
    assert Preferences.objects.get().email == "never"
    answer(step, reader)
    with time_machine.travel(MONDAY + timedelta(days=90), tick=False):
        assert send() == 0


@pytest.mark.parametrize("token", ["x", "1", "gAAAAA", "é", "a" * 500])
def test_a_forged_way_out_is_no_page(client, reader, token):
    for method in (client.get, client.post):
        assert method(f"/notifications/stop/{token}/").status_code == 404
    assert Preferences.objects.get().email == "daily"


def test_the_way_out_does_not_show_the_accounts_number_and_works_after_the_account_is_gone(client, reader):
    one, two = mailing.seal(reader.pk), mailing.seal(reader.pk)
    assert one != two and mailing.unseal(one) == mailing.unseal(two) == (reader.pk, "")
    reader.delete()
    assert client.post(f"/notifications/stop/{one}/").status_code == 200


def test_the_way_out_of_a_mail_that_was_sent_outlasts_the_sites_secret(client, reader, settings):
    token = mailing.seal(reader.pk)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret of the same site, and as long as it has to be"
    assert client.post(f"/notifications/stop/{token}/").status_code == 200
    assert Preferences.objects.get().email == "never"


def test_daily_mail_goes_once_a_day_and_only_when_something_is_new(reader, step):
    with time_machine.travel(MONDAY, tick=False) as clock:
        assert send() == 0
        answer(step, reader)
        assert [send(), send()] == [1, 0]
        answer(step, reader)
        clock.shift(timedelta(hours=10))
        assert send() == 0
        clock.shift(timedelta(hours=14))
        assert [send(), send()] == [1, 0]
        assert mail.outbox[-1].subject == "1 new notification"
        clock.shift(timedelta(days=1))
        assert send() == 0


def test_weekly_mail_goes_once_a_week(reader, step):
    wants(reader, "weekly")
    with time_machine.travel(MONDAY, tick=False) as clock:
        answer(step, reader)
        assert send() == 1
        answer(step, reader)
        clock.shift(timedelta(days=6))
        assert send() == 0
        clock.shift(timedelta(days=1))
        assert send() == 1


def test_what_was_seen_on_the_site_is_not_sent(reader, step):
    answer(step, reader)
    notifications.see(person=reader)
    assert send() == 0


def test_at_once_goes_with_the_post_and_not_again(reader, step, django_capture_on_commit_callbacks):
    wants(reader, "at-once")
    for n in (1, 2):
        with django_capture_on_commit_callbacks(execute=True):
            answer(step, reader)
        assert len(mail.outbox) == n
    assert send() == 0
    assert not Notification.objects.filter(emailed_at=None).exists()


def test_many_who_want_it_at_once_do_not_hold_up_the_writer(step, django_capture_on_commit_callbacks):
    from discussions.models import Follow

    root = factories.comment(step)
    for i in range(8):
        follower = factories.person()
        EmailAddress.objects.create(user=follower, email=f"f{i}@mail.example", verified=True)
        Preferences.objects.create(person=follower, email="at-once")
        Follow.objects.create(person=follower, root=root)
    with django_capture_on_commit_callbacks(execute=True):
        factories.comment(step, parent=root)
    assert len(mail.outbox) == mailing.AT_ONCE
    assert send() == 8 - mailing.AT_ONCE
    assert len({letter.to[0] for letter in mail.outbox}) == 8


class Broken:
    """A mail server that does not answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def send_messages(self, messages: Any) -> int:
        raise OSError("heron@mail.example refused")


def test_a_mail_server_that_fails_costs_no_post_and_no_mail_and_its_words_are_not_logged(
    reader, step, settings, caplog, django_capture_on_commit_callbacks
):
    wants(reader, "at-once")
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Broken"
    with time_machine.travel(MONDAY, tick=False) as clock:
        with django_capture_on_commit_callbacks(execute=True):
            kept = answer(step, reader)
        assert Comment.objects.filter(pk=kept.pk).exists()
        assert "OSError" in caplog.text and "heron" not in caplog.text.lower()
        assert Digest.objects.get().sent_at is None
        settings.EMAIL_BACKEND = working
        assert send() == 0  # the claim is fresh: somebody may be at it
        clock.shift(mailing.STALE + timedelta(seconds=1))
        assert [send(), send()] == [1, 0]


def test_a_mail_that_never_goes_is_given_up_until_there_is_something_newer(reader, step, settings):
    wants(reader, "at-once")
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Broken"
    with time_machine.travel(MONDAY, tick=False) as clock:
        answer(step, reader)
        for _ in range(9):
            call_command("send_digests", verbosity=0)
            clock.shift(mailing.STALE + timedelta(seconds=1))
        assert Digest.objects.get().tries == mailing.TRIES
        settings.EMAIL_BACKEND = working
        assert send() == 0
        answer(step, reader)
        assert send() == 1 and mail.outbox[-1].subject == "2 new notifications"


def test_a_claim_left_open_is_tried_again_with_the_same_number_and_the_same_news(reader, step):
    with time_machine.travel(MONDAY, tick=False) as clock:
        answer(step, reader)
        claimed = mailing._claim(reader.pk)  # and then the process dies
        answer(step, reader)
        clock.shift(mailing.STALE - timedelta(seconds=1))
        assert send() == 0
        clock.shift(timedelta(seconds=2))
        assert send() == 1
        letter = mail.outbox[0]
        assert letter.extra_headers["Message-ID"] == mailing.message_id(claimed.digest)
        assert letter.subject == "1 new notification"
        clock.shift(timedelta(days=1))
        assert send() == 1 and mail.outbox[1].extra_headers["Message-ID"] != letter.extra_headers["Message-ID"]


def test_a_claim_left_open_is_dropped_when_all_was_seen_meanwhile(reader, step):
    with time_machine.travel(MONDAY, tick=False) as clock:
        answer(step, reader)
        mailing._claim(reader.pk)
        notifications.see(person=reader)
        clock.shift(mailing.STALE + timedelta(seconds=1))
        assert send() == 0
        answer(step, reader)
        assert send() == 1


def test_what_comes_in_while_a_mail_is_sent_is_sent_by_the_same_run(reader, step, monkeypatch):
    wants(reader, "at-once")
    answer(step, reader)
    real, once = mailing._send, iter([True])

    def slow(letter: mailing.Letter) -> bool:
        if next(once, False):
            answer(step, reader)  # its own try to send finds the claim open
            mailing.send_at_once([reader.pk])
        return real(letter)

    monkeypatch.setattr(mailing, "_send", slow)
    assert send() == 2 and not Notification.objects.filter(emailed_at=None).exists()


class SlowServer:
    def __init__(self) -> None:
        self.may = Event()
        self.waits: list[bool] = []
        self.taken: list[str] = []

    def take(self, messages: Sequence[Any]) -> int:
        self.waits.append(self.may.wait(60))
        self.taken += [message.extra_headers["Message-ID"] for message in messages]
        return len(messages)

    def wait_for_all(self) -> None:
        """Until all who send beside a request are done."""
        for thread in threading.enumerate():
            if thread.name == "mail":
                thread.join(60)


@pytest.fixture
def slow_server(settings, monkeypatch) -> Iterator[SlowServer]:
    """A mail server that takes nothing before it may."""
    server = SlowServer()
    monkeypatch.setattr(f"{SMTP}.send_messages", server.take)
    settings.EMAIL_BACKEND = SMTP
    yield server
    server.may.set()
    server.wait_for_all()


class TestBesideTheRequest:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_who_posts_does_not_wait_for_the_mail_server(self, client, other, reader, step, settings, monkeypatch):
        wants(reader, "at-once")
        root = factories.comment(step, reader)
        answered, waited = Event(), []
        monkeypatch.setattr(mailing, "_send_to", lambda person: waited.append((person, answered.wait(60))))
        settings.EMAIL_BACKEND = SMTP
        client.force_login(other)
        address = f"{step.get_absolute_url()}comments/{root.pk}/reply/"
        assert client.post(address, {"body": "Said at once."}).status_code == 302
        answered.set()
        SlowServer().wait_for_all()
        assert waited == [(reader.pk, True)]

    def test_the_mail_goes_once_and_is_noted(self, reader, step, slow_server):
        answer(step, reader)
        wants(reader, "at-once")
        mailing.send_at_once([reader.pk])
        slow_server.may.set()
        slow_server.wait_for_all()
        digest = Digest.objects.get()
        assert slow_server.taken == [mailing.message_id(digest.pk)] and digest.sent_at
        assert not Notification.objects.filter(emailed_at=None).exists()
        call_command("send_digests", verbosity=0)
        assert len(slow_server.taken) == 1

    def test_what_a_process_has_no_hands_for_is_left_to_the_command(self, reader, step, monkeypatch):
        wants(reader, "at-once")
        monkeypatch.setattr(mailing, "_free", BoundedSemaphore(1))
        assert mailing._free.acquire()
        with override_settings(EMAIL_BACKEND=SMTP):
            answer(step, reader)
        assert mail.outbox == [] and send() == 1

    def test_what_goes_wrong_beside_it_is_told_without_a_word_and_is_tried_again(
        self, reader, step, monkeypatch, caplog
    ):
        def breaks(person: int) -> int:
            raise OSError(secret)

        secret = "heron" + "@mail.example"
        wants(reader, "at-once")
        monkeypatch.setattr(mailing, "_free", BoundedSemaphore(1))
        with override_settings(EMAIL_BACKEND=SMTP), monkeypatch.context() as broken:
            broken.setattr(mailing, "_send_to", breaks)
            for _try in range(2):  # the second finds the place free again
                answer(step, reader)
                SlowServer().wait_for_all()
        said = [record for record in caplog.records if record.name == mailing.logger.name]
        assert [record.getMessage()[:29] for record in said] == ["E-mails were not sent at once"] * 2
        assert "heron@" not in "".join(Plain().format(record) for record in said)
        assert mail.outbox == [] and send() == 1


def test_the_choice_of_mail_shows_only_with_a_confirmed_address(client, reader):
    client.force_login(reader)
    page = client.get("/notifications/settings/").text
    assert "To heron@mail.example" in page
    response = client.post("/notifications/settings/", {"wanted": ["reply"], "email": "weekly"})
    assert response.status_code == 302 and Preferences.objects.get().email == "weekly"
    EmailAddress.objects.all().delete()
    assert "you need a confirmed e-mail address" in client.get("/notifications/settings/").text
