"""One's own account: name, picture, looks, where one is signed in; and that nothing but a coarse label is kept of a browser."""

from __future__ import annotations

import datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import recovery
from accounts.forms import ChangePasswordForm, PreferencesForm
from accounts.models import RecoveryCode, User
from accounts.sessions import coarse, forget_ended
from courses.models import Step
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0"
ADDRESS = "203.0.113.77"


def signed_in(handle: str = "Heron", agent: str = FIREFOX, **more: str) -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=ADDRESS)
    assert client.post("/accounts/login/", {"login": handle, "password": PASSWORD, **more}).status_code == 302
    return client


class TestSessions:
    def test_keep_a_coarse_label_and_a_day_and_neither_address_nor_user_agent(self, learner):
        client = signed_in()
        client.get("/accounts/2fa/app/connect/")
        client.post("/accounts/2fa/app/connect/", {"code": "1"})
        row = UserSession.objects.get()
        assert (row.ip, row.user_agent) == ("::", "Firefox/Android")
        assert row.created_at.time() == row.last_seen_at.time() == datetime.time(0)
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name from the database
                rows = str(cursor.fetchall())
                assert ADDRESS not in rows and "Gecko" not in rows
        for session in Session.objects.all():
            assert ADDRESS not in str(session.get_decoded()) and "Gecko" not in str(session.get_decoded())

    def test_being_asked_again_who_one_is_keeps_nothing_of_the_request(self, learner):
        client = signed_in()
        session = client.session
        session["account_authentication_methods"] = []
        session.save()
        response = client.post("/accounts/email/", {"email": "heron@example.org", "action_add": "1"})
        assert response["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
        assert ADDRESS not in str(Session.objects.get().get_decoded())

    @pytest.mark.parametrize(
        ("agent", "label"),
        [
            (FIREFOX, "Firefox/Android"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605 Version/19.1 Safari/604",
                "Safari/iOS",
            ),
            ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0.0.0 Safari/537.36 Edg/140.0", "Edge/Windows"),
            ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36", "Chrome/Linux"),
            ("curl/8.0", "/"),
            ("", "/"),
            ("x" * 5000, "/"),
        ],
    )
    def test_browsers_are_told_apart_no_further_than_is_of_use(self, agent, label):
        assert coarse(agent) == label == coarse(coarse(agent))

    def test_are_listed_and_ended_one_by_one_or_all_at_once(self, learner):
        here, phone, office = signed_in(), signed_in(), signed_in(agent="")
        page = here.get("/accounts/settings/").text
        assert page.count("Firefox on Android") >= 2 and "A browser" in page and "this browser" in page
        key = phone.session.session_key
        here.post("/accounts/settings/sessions/end/", {"session": UserSession.objects.get(session_key=key).pk})
        assert phone.get("/accounts/settings/").status_code == 302
        assert office.get("/accounts/settings/").status_code == 200
        here.post("/accounts/settings/sessions/end/")
        assert office.get("/accounts/settings/").status_code == 302
        assert here.get("/accounts/settings/").status_code == 200
        assert UserSession.objects.count() == 1

    def test_of_others_cannot_be_ended(self, learner, other):
        mine, theirs = signed_in(), signed_in("salt and thyme")
        row = UserSession.objects.get(user=other)
        assert mine.post("/accounts/settings/sessions/end/", {"session": row.pk}).status_code == 404
        assert mine.post("/accounts/settings/sessions/end/", {"session": "1; DROP"}).status_code == 404
        assert theirs.get("/accounts/settings/").status_code == 200

    def test_that_ran_out_are_forgotten(self, learner):
        signed_in()
        Session.objects.all().delete()
        forget_ended()
        assert not UserSession.objects.exists()

    def test_cost_the_page_the_same_whether_there_are_two_or_twenty(self, learner):
        here = signed_in()

        def cost() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert here.get("/accounts/settings/").status_code == 200
            return len(captured)

        signed_in()
        few = cost()
        for _browser in range(18):
            signed_in()
        assert cost() == few <= 9

    def test_a_password_that_is_changed_ends_them_elsewhere(self, learner):
        here, elsewhere = signed_in(), signed_in()
        new = {"oldpassword": PASSWORD, "password1": "four other quiet words", "password2": "four other quiet words"}
        here.post("/accounts/password/change/", new)
        page = here.get("/accounts/settings/")
        # Nor is the other one listed still.
        assert page.status_code == 200 and page.text.count("Firefox on Android") == 1
        assert elsewhere.get("/accounts/settings/").status_code == 302


class TestASharedComputer:
    def test_is_marked_for_scripts_and_told_to_forget_on_the_way_out(self, learner, course):
        client = signed_in(shared="on")
        assert client.cookies["sessionid"]["max-age"] == ""
        assert ' data-shared="yes"' in client.get("/courses/harbour/steps/one-a/").text
        response = client.post("/accounts/logout/")
        assert response["Clear-Site-Data"] == '"cache", "storage"'
        assert "data-shared" not in client.get("/courses/harbour/steps/one-a/").text

    def test_of_ones_own_is_not(self, learner, course):
        client = signed_in()
        assert "data-shared" not in client.get("/").text
        assert "Clear-Site-Data" not in client.post("/accounts/logout/")

    def test_can_be_said_when_joining(self, client, course):
        client.post("/accounts/signup/", {"username": "Tern", "password1": PASSWORD, "shared": "on"})
        assert client.cookies["sessionid"]["max-age"] == "" and "data-shared" in client.get("/").text

    def test_leaving_signs_out(self, as_learner, settings):
        response = as_learner.post("/leave/")
        assert (response.status_code, response["Location"]) == (303, settings.QUICK_EXIT_URL)
        assert as_learner.get("/accounts/settings/").status_code == 302


class TestNameAndPicture:
    def test_a_new_name_stands_on_everything_written_so_far(self, as_learner, learner, course):
        step = Step.objects.get(slug="one-a")
        factories.comment(step, learner)
        assert ">Heron</h3>" in as_learner.get(step.get_absolute_url()).text
        assert as_learner.post("/accounts/settings/name/", {"handle": "quiet ember"}).status_code == 302
        page = Client().get(step.get_absolute_url()).text
        assert ">quiet ember</h3>" in page and "Heron" not in page
        assert User.objects.get(pk=learner.pk).skeleton == "quietember"

    @pytest.mark.parametrize(
        ("handle", "reason"),
        [("SALT AND THYME", "taken"), ("sa1t and thyme", "looks the same"), ("admin", "role")],
    )
    def test_a_name_that_cannot_be_used_says_why_and_stays_in_the_field(
        self, as_learner, other, learner, handle, reason
    ):
        response = as_learner.post("/accounts/settings/name/", {"handle": handle})
        assert (
            response.status_code == 422
            and reason in response.text
            and f'name="handle" value="{handle}"' in response.text
        )
        assert User.objects.get(pk=learner.pk).handle == "Heron"

    def test_the_own_name_in_another_spelling_is_no_conflict(self, as_learner, learner):
        as_learner.post("/accounts/settings/name/", {"handle": "HERON"})
        assert User.objects.get(pk=learner.pk).handle == "HERON"

    def test_a_name_is_changed_three_times_a_day_at_most(self, as_learner, learner, settings):
        settings.ACCOUNT_RATE_LIMITS = {"change_handle": "3/d/user"}
        for name in ("one fern", "two ferns", "three ferns", "four ferns"):
            response = as_learner.post("/accounts/settings/name/", {"handle": name})
        assert response.status_code == 422 and "three times a day" in response.text
        assert User.objects.get(pk=learner.pk).handle == "three ferns"

    def test_another_picture_is_drawn_beside_what_was_written(self, as_learner, learner, course):
        step = Step.objects.get(slug="one-a")
        factories.comment(step, learner)
        before = Client().get(step.get_absolute_url()).text
        page = as_learner.get("/accounts/settings/?pictures=6").text
        assert 'value="11"' in page and "?pictures=12" in page
        as_learner.post("/accounts/settings/picture/", {"picture": "11"})
        assert User.objects.get(pk=learner.pk).avatar_shuffle == 11
        assert Client().get(step.get_absolute_url()).text != before

    @pytest.mark.parametrize("picture", ["", "-1", "99999999", "x", "²", "9" * 5000])
    def test_a_picture_that_is_none_changes_nothing(self, as_learner, learner, picture):
        assert as_learner.post("/accounts/settings/picture/", {"picture": picture}).status_code == 302
        assert as_learner.get(f"/accounts/settings/?pictures={picture}").status_code == 200
        assert User.objects.get(pk=learner.pk).avatar_shuffle == 0


class TestHowPagesLook:
    ALL = {"language": "en", "time_zone": "Asia/Kathmandu", "text_size": "large", "data_mode": "low", "scheme": "dark"}

    def test_stays_with_the_account_in_every_browser(self, learner, course):
        assert signed_in().post("/accounts/settings/preferences/", self.ALL).status_code == 302
        page = signed_in().get("/courses/harbour/steps/one-a/").text
        html = page[: page.index("<head>")]
        assert 'data-scheme="dark"' in html and 'data-text="large"' in html and 'data-data="low"' in html
        other = Client().get("/courses/harbour/steps/one-a/").text
        assert "data-scheme" not in other and "data-text" not in other and "data-data" not in other

    def test_the_buttons_at_the_foot_change_it_too_and_leave_no_cookie(self, as_learner, learner):
        as_learner.post("/display/", {"scheme": "dark"})
        as_learner.post("/display/", {"data": "low"})
        as_learner.post("/display/", {"text": "largest"})
        learner.refresh_from_db()
        assert (learner.scheme, learner.data_mode, learner.text_size) == ("dark", "low", "largest")
        assert set(as_learner.cookies) <= {"sessionid", "csrftoken"}
        as_learner.post("/display/", {"scheme": "auto", "text": "normal"})
        learner.refresh_from_db()
        assert (learner.scheme, learner.text_size) == ("", "")

    def test_what_was_chosen_before_joining_comes_along_and_the_cookies_go(self, client):
        client.post("/display/", {"scheme": "dark"})
        client.post("/display/", {"text": "large"})
        client.post("/accounts/signup/", {"username": "Tern", "password1": PASSWORD})
        user = User.objects.get()
        assert (user.scheme, user.text_size) == ("dark", "large")
        assert client.cookies["scheme"].value == "" and client.cookies["text_size"].value == ""

    def test_a_browser_that_saves_data_is_overruled_by_what_the_reader_says(self, client, course):
        saving = {"headers": {"save-data": "on"}}
        assert 'data-data="low"' in client.get("/courses/harbour/", **saving).text
        client.post("/display/", {"data": "full"})
        assert 'data-data="low"' not in client.get("/courses/harbour/", **saving).text

    @pytest.mark.parametrize(
        ("form", "address", "sent"),
        [
            (PreferencesForm, "/accounts/settings/preferences/", ALL),
            (
                ChangePasswordForm,
                "/accounts/password/change/",
                {"oldpassword": PASSWORD, "password1": "nine boats on a lake", "password2": "nine boats on a lake"},
            ),
        ],
    )
    def test_what_is_told_while_a_form_is_saved_stays_counted(self, learner, monkeypatch, form, address, sent):
        """The count of notifications stands in the same row, and others raise it between the reading and the writing of it."""
        client = signed_in()
        check = form.is_valid

        def told_meanwhile(self):
            User.objects.filter(pk=learner.pk).update(unread_notifications=3)
            return check(self)

        monkeypatch.setattr(form, "is_valid", told_meanwhile)
        assert client.post(address, sent).status_code == 302
        learner.refresh_from_db()
        assert learner.unread_notifications == 3
        assert learner.scheme == "dark" or learner.check_password("nine boats on a lake")

    @pytest.mark.parametrize(
        "wrong", [{"time_zone": "Mars/Crater"}, {"language": "xx"}, {"text_size": "huge"}, {"scheme": "<script>"}]
    )
    def test_what_is_no_choice_is_refused_with_the_reason(self, as_learner, learner, wrong):
        response = as_learner.post("/accounts/settings/preferences/", {**self.ALL, **wrong})
        assert response.status_code == 422 and 'role="alert"' in response.text
        learner.refresh_from_db()
        assert learner.time_zone == ""

    def test_the_time_zone_of_who_comes_first_does_not_get_into_shared_pages(self, learner, other, course):
        signed_in().post("/accounts/settings/preferences/", self.ALL)
        step = Step.objects.get(slug="one-a")
        comment = factories.comment(step, other)
        page = signed_in().get(step.get_absolute_url()).text
        assert comment.created_at.strftime("%H:%M") in page

    def test_asks_no_more_of_the_database_than_finding_the_person_does(self, as_learner, course):
        with CaptureQueriesContext(connection) as captured:
            as_learner.get("/accessibility/")
        assert len(captured) == 2  # session and person
        default_storage.save("lamp.0123456789.svg", ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
        with CaptureQueriesContext(connection) as captured:
            assert as_learner.get("/media/lamp.0123456789.svg").status_code == 200
        assert len(captured) == 0  # a file is nobody's
        default_storage.delete("lamp.0123456789.svg")


def test_pages_about_people_ask_search_engines_to_stay_away(as_learner):
    for address in ("/accounts/settings/", "/accounts/login/", "/my-data/", "/accounts/recover/"):
        assert as_learner.get(address)["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in as_learner.get("/")


def test_who_has_no_recovery_code_left_is_told_what_that_means(as_learner, learner):
    warned = "nothing would let you back in"
    assert warned in as_learner.get("/accounts/settings/").text
    recovery.make_codes(user=learner)
    page = as_learner.get("/accounts/settings/").text
    assert "8 codes are left" in page and warned not in page
    RecoveryCode.objects.all().delete()
    EmailAddress.objects.create(user=learner, email="heron@example.org", verified=True, primary=True)
    page = as_learner.get("/accounts/settings/").text
    assert "None is left." in page and warned not in page
