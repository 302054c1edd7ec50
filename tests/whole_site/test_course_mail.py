"""The weekly e-mail to educators: who gets it, that it is numbers alone, that it goes once, and how it stops."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.test import Client

from accounts.models import User
from courses import reports
from courses.models import Completion, Course, CourseRole, Report, Step
from discussions import mailing
from discussions.models import Digest, Preferences
from harmreduction import course_mail
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("UTC"))
SETTINGS = "/notifications/settings/"


@pytest.fixture
def ida(course) -> User:
    """Writes the course, gave an address, and asked for the mail."""
    person = factories.helper(course)
    EmailAddress.objects.create(user=person, email="ida@mail.example", verified=True, primary=True)
    Preferences.objects.create(person=person, course_mail=True)
    return person


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def last_week(course: Course, people: int, slug: str = "one-a") -> None:
    step = course.steps.get(slug=slug)
    days = [date(2026, 11, 23) + timedelta(days=n % 7) for n in range(people)]
    Completion.objects.bulk_create(Completion(learner=factories.person(), step=step, completed_on=day) for day in days)


def letter():
    assert course_mail.send_due() == 1
    return mail.outbox[-1]


def test_it_is_numbers_alone(ida, course):
    last_week(course, 12)
    Completion.objects.create(learner=factories.person("Heron"), step=course.steps.last(), completed_on="2026-11-30")
    factories.comment(Step.objects.get(slug="one-a"), factories.person("Tern"), "Where is the clinic?")
    sent = letter()
    assert sent.to == ["ida@mail.example"] and sent.subject == "The last week in numbers"
    for words in ("Learners who finished a step: 12", "Learners who began: 12", "1 question waits for an answer"):
        assert words in sent.body and words in sent.alternatives[0][0]
    assert f"{settings.SITE_ADDRESS}/educators/harbour/#waiting" in sent.body
    for text in (sent.subject, sent.body, sent.alternatives[0][0], str(sent.message())):
        for secret in ("Heron", "Tern", "Ida", "clinic", course.title, settings.SITE_NAME):
            assert secret not in text
    assert course.title not in sent.subject and "style=" not in sent.alternatives[0][0]


def test_few_people_are_not_told(ida, course):
    last_week(course, 9)
    assert "Learners who finished a step: under 10" in letter().body and ": 9" not in mail.outbox[-1].body


def test_only_ones_own_published_courses_are_in_it(ida, course):
    other, draft = factories.small_course("cliffs"), factories.small_course("fog")
    CourseRole.objects.create(person=ida, course=draft, role="educator")
    Course.objects.filter(pk=draft.pk).update(published=False)
    body = letter().body
    assert "/educators/harbour/" in body and "/educators/cliffs/" not in body and "/educators/fog/" not in body
    everyone = factories.course_writer()
    EmailAddress.objects.create(user=everyone, email="ines@mail.example", verified=True, primary=True)
    Preferences.objects.create(person=everyone, course_mail=True)
    assert f"/educators/{other.slug}/" in letter().body


@pytest.mark.parametrize("lacks", ["choice", "address", "role", "account"])
def test_nobody_gets_it_who_did_not_ask_or_may_not_see_the_numbers(ida, course, lacks):
    match lacks:
        case "choice":
            Preferences.objects.update(course_mail=False)
        case "address":
            EmailAddress.objects.update(verified=False)
        case "role":
            CourseRole.objects.update(role="moderator")
        case "account":
            User.objects.filter(pk=ida.pk).update(is_active=False)
    assert course_mail.send_due() == 0 and not Digest.objects.exists()


def test_it_goes_once_a_week(ida, course, monday):
    assert [course_mail.send_due(), course_mail.send_due()] == [1, 0]
    monday.move_to(MONDAY + timedelta(days=6, hours=14))
    assert course_mail.send_due() == 0
    monday.move_to(MONDAY + timedelta(days=7))
    assert course_mail.send_due() == 1


def test_of_two_processes_one_sends_and_one_that_was_killed_is_followed_by_another(ida, course, monday):
    taken = course_mail._claim(ida.pk)  # and then the process is killed
    assert taken and course_mail.send_due() == 0
    monday.move_to(MONDAY + mailing.STALE + timedelta(seconds=1))
    assert letter().message()["Message-ID"] == mailing.message_id(taken.digest)
    assert course_mail.send_due() == 0 and Digest.objects.get().tries == 2


def test_a_mail_server_that_is_away_is_tried_again_and_not_for_ever(ida, course, monday, monkeypatch):
    def away(*_args):
        raise OSError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", away)
    for n in range(mailing.TRIES + 3):
        monday.move_to(MONDAY + n * timedelta(minutes=16))
        assert course_mail.send_due() == 0
    assert Digest.objects.get().tries == mailing.TRIES


def test_it_leaves_the_mail_about_notifications_alone(ida, course):
    Preferences.objects.update(email="weekly")
    step = course.steps.get(slug="one-a")
    factories.comment(step, parent=factories.comment(step, ida))
    assert course_mail._claim(ida.pk)  # is open
    assert mailing.send_due() == 1 and "new notification" in mail.outbox[-1].subject


def test_one_press_in_the_mail_programme_stops_it_and_nothing_else(ida, course):
    Preferences.objects.update(email="weekly")
    sent = letter().message()
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    way = re.fullmatch(r"<(.*)>", sent["List-Unsubscribe"])[1].removeprefix(settings.SITE_ADDRESS)
    anybody = Client(enforce_csrf_checks=True)
    assert "how your courses are going" in anybody.get(way).text and Preferences.objects.get().course_mail
    assert "no more e-mail about how your courses" in anybody.post(way, {"List-Unsubscribe": "One-Click"}).text
    chosen = Preferences.objects.get()
    assert (chosen.course_mail, chosen.email) == (False, "weekly")
    with time_machine.travel(MONDAY + timedelta(days=30), tick=False):
        assert course_mail.send_due() == 0


def test_only_educators_are_offered_it_and_it_needs_an_address(ida, as_learner, learner):
    client = Client()
    client.force_login(ida)
    assert 'name="course_mail" checked' in client.get(SETTINGS).text
    client.post(SETTINGS, {"wanted": ["reply"]})
    assert not Preferences.objects.get(person=ida).course_mail
    client.post(SETTINGS, {"wanted": ["reply"], "course_mail": "on"})
    assert Preferences.objects.get(person=ida).course_mail
    EmailAddress.objects.all().delete()
    refused = client.post(SETTINGS, {"course_mail": "on"})
    assert refused.status_code == 422 and "Add an e-mail address" in refused.text
    assert "course_mail" not in as_learner.get(SETTINGS).text
    as_learner.post(SETTINGS, {"wanted": ["reply"], "course_mail": "on"})
    assert not Preferences.objects.get(person=learner).course_mail


def test_numbers_that_were_kept_before_the_week_was_over_are_counted_anew(ida, course, monkeypatch):
    monkeypatch.setattr(reports, "QUICK", 1)
    last_week(course, 12)
    with time_machine.travel(MONDAY - timedelta(days=2), tick=False):
        reports.keep(course, reports.KIND, reports.measure(course))
    last_week(course, 10, "one-b")
    assert "Learners who finished a step: 22" in letter().body
    assert Report.objects.get(kind=reports.KIND).made_at == MONDAY


def test_a_course_is_counted_once_for_all_who_get_the_mail(ida, course, django_assert_max_num_queries):
    def another(n: int) -> None:
        person = factories.helper(course, handle=f"Ida {n}")
        EmailAddress.objects.create(user=person, email=f"ida{n}@mail.example", verified=True, primary=True)
        Preferences.objects.create(person=person, course_mail=True)

    counted = []
    measure = reports.measure
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reports, "measure", lambda course: counted.append(course) or measure(course))
        patched.setattr(reports, "learning", lambda course: (reports.measure(course), None))
        for n in range(3):
            another(n)
        assert course_mail.send_due() == 4
    assert counted == [course]
