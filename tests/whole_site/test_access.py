"""Every address × every role → status. An address without a row here fails the last test."""

from __future__ import annotations

import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Invitation, User
from courses import draft_links
from courses.models import Course, Step
from tests import factories

pytestmark = pytest.mark.django_db

STEP = "/courses/harbour/steps/one-a/"
# address: (visitor, learner, educator), for GET; 302 is the way to the sign-in page, or on from it
READ = {
    "home": ("/", 200, 200, 200),
    "support": ("/support/", 200, 200, 200),
    "guidelines": ("/guidelines/", 200, 200, 200),
    "privacy": ("/privacy/", 200, 200, 200),
    "accessibility": ("/accessibility/", 200, 200, 200),
    "favicon": ("/favicon.ico", 302, 302, 302),
    "robots": ("/robots.txt", 200, 200, 200),
    "display": ("/display/", 405, 405, 405),
    "educators": ("/educators/harbour/", 404, 404, 200),
    "educators-numbers": ("/educators/harbour/numbers.csv", 404, 404, 200),
    "my-data": ("/my-data/", 302, 200, 200),
    "my-data-download": ("/my-data/download/", 302, 302, 302),  # to show once more who one is
    "my-data-delete": ("/my-data/delete/", 302, 302, 302),  # to show once more who one is
    "courses:course": ("/courses/harbour/", 200, 200, 200),
    "courses:outline": ("/courses/harbour/outline/", 200, 200, 200),
    "courses:sources": ("/courses/harbour/sources/", 200, 200, 200),
    "courses:glossary": ("/courses/harbour/glossary/", 200, 200, 200),
    "courses:resources": ("/courses/harbour/resources/", 200, 200, 200),
    "verify": ("/verify/", 200, 200, 200),
    "verify-code": ("/verify/7K2M-94QD-XW3A/", 404, 404, 404),
    "certificate-key": ("/certificates/key/", 200, 200, 200),
    "courses:certificate": ("/courses/harbour/certificate/", 200, 200, 200),
    "courses:certificate-revoke": ("/courses/harbour/certificate/revoke/", 405, 405, 405),
    "courses:progress": ("/courses/harbour/progress/", 200, 200, 200),
    "courses:journal": ("/courses/harbour/journal/", 200, 200, 200),
    "courses:journal-download": ("/courses/harbour/journal/journal.md", 302, 200, 200),
    "courses:journal-remove": ("/courses/harbour/journal/remove/", 405, 405, 405),
    "courses:journal-move": ("/courses/harbour/journal/move/", 405, 405, 405),
    "courses:step-bookmark": (f"{STEP}bookmark/", 405, 405, 405),
    "courses:step-journal": (f"{STEP}journal/", 405, 405, 405),
    "courses:step-worksheet": (f"{STEP}worksheet/", 404, 404, 404),
    "courses:step": (STEP, 200, 200, 200),
    "courses:step-done": (f"{STEP}done/", 405, 405, 405),
    "draft": ("/drafts/LINK/", 200, 200, 200),
    "draft-outline": ("/drafts/LINK/outline/", 200, 200, 200),
    "draft-step": ("/drafts/LINK/steps/one-a/", 200, 200, 200),
    "draft-sources": ("/drafts/LINK/sources/", 200, 200, 200),
    "draft-glossary": ("/drafts/LINK/glossary/", 200, 200, 200),
    "draft-resources": ("/drafts/LINK/resources/", 200, 200, 200),
    "courses:step-answers": (f"{STEP}answers/", 405, 405, 405),
    "discussions:comments": (f"{STEP}comments/", 302, 302, 302),
    "discussions:comment-replies": (f"{STEP}comments/COMMENT/replies/", 302, 302, 302),
    "discussions:comment-edit": (f"{STEP}comments/COMMENT/edit/", 302, 404, 404),
    "discussions:comment": (f"{STEP}comments/COMMENT/", 302, 302, 302),
    "discussions:comment-reply": (f"{STEP}comments/COMMENT/reply/", 200, 200, 200),
    "discussions:comment-withdraw": (f"{STEP}comments/COMMENT/withdraw/", 302, 404, 404),
    **{
        f"discussions:comment-{kind}": (f"{STEP}comments/COMMENT/{kind}/", 405, 405, 405)
        for kind in ("like", "bookmark", "follow", "mute")
    },
    "discussions:comments-read": (f"{STEP}comments/read/", 405, 405, 405),
    "discussions:my-comments": ("/courses/harbour/my-comments/", 302, 200, 200),
    "discussions:my-bookmarks": ("/courses/harbour/my-bookmarks/", 302, 200, 200),
    "discussions:notifications": ("/notifications/", 302, 200, 200),
    "discussions:notifications-seen": ("/notifications/seen/", 405, 405, 405),
    "discussions:notification": ("/notifications/1/", 302, 404, 404),
    "discussions:notification-settings": ("/notifications/settings/", 302, 200, 200),
    "discussions:words-expire": ("/notifications/settings/words/", 405, 405, 405),
    "discussions:unmute": ("/notifications/settings/muted/1/", 405, 405, 405),
    "discussions:mail-stop": ("/notifications/stop/forged/", 404, 404, 404),
    "discussions:comment-report": (f"{STEP}comments/COMMENT/report/", 200, 200, 200),
    "discussions:comment-pin": (f"{STEP}comments/COMMENT/pin/", 405, 405, 405),
    "discussions:comment-endorse": (f"{STEP}comments/COMMENT/endorse/", 405, 405, 405),
    "moderation:queue": ("/moderation/", 404, 404, 200),
    "moderation:comment": ("/moderation/comments/COMMENT/", 404, 404, 200),
    "moderation:appeal": ("/moderation/appeals/999999/", 404, 404, 404),
    "moderation:log": ("/moderation/log/", 404, 404, 200),
    "moderation:decision": ("/moderation/decisions/999999/", 302, 404, 404),
    "moderation:counts": ("/moderation/counts/", 200, 200, 200),
    "safety": ("/safety/", 200, 200, 200),
    "leave": ("/leave/", 405, 405, 405),
    "accounts:educator": ("/accounts/educator/TOKEN/", 200, 200, 200),
    "accounts:names": ("/accounts/names/", 200, 200, 200),
    "accounts:join-passkey": ("/accounts/signup/passkey/", 302, 302, 302),
    "accounts:settings": ("/accounts/settings/", 302, 200, 200),
    "accounts:preferences": ("/accounts/settings/preferences/", 302, 405, 405),
    "accounts:sessions-end": ("/accounts/settings/sessions/end/", 302, 405, 405),
    "accounts:second-lock": ("/accounts/second-lock/", 302, 200, 302),
    "accounts:recovery-codes": ("/accounts/recovery-codes/", 302, 200, 200),
    "accounts:recover": ("/accounts/recover/", 200, 200, 200),
    "settings-name": ("/accounts/settings/name/", 302, 405, 405),
    "settings-picture": ("/accounts/settings/picture/", 302, 405, 405),
    "account_signup": ("/accounts/signup/", 200, 302, 302),
    "account_login": ("/accounts/login/", 200, 302, 302),
    "account_request_login_code": ("/accounts/login/code/", 200, 302, 302),
    "account_confirm_login_code": ("/accounts/login/code/confirm/", 302, 302, 302),
    "account_logout": ("/accounts/logout/", 302, 200, 200),
    "account_email": ("/accounts/email/", 302, 302, 302),
    "account_email_verification_sent": ("/accounts/confirm-email/", 302, 302, 302),
    "account_inactive": ("/accounts/inactive/", 200, 200, 200),
    "account_change_password": ("/accounts/password/change/", 302, 200, 200),
    "account_set_password": ("/accounts/password/set/", 302, 302, 302),
    "account_reset_password": ("/accounts/password/reset/", 200, 200, 200),
    "account_confirm_password_reset_code": ("/accounts/password/reset/confirm/", 302, 302, 302),
    "account_complete_password_reset": ("/accounts/password/reset/complete/", 302, 302, 302),
    "account_password_reset_completed": ("/accounts/password/reset/done/", 200, 200, 200),
    "account_reauthenticate": ("/accounts/reauthenticate/", 302, 200, 200),
    "mfa_index": ("/accounts/2fa/", 302, 302, 302),
    "mfa_authenticate": ("/accounts/2fa/authenticate/", 302, 302, 302),
    "mfa_reauthenticate": ("/accounts/2fa/reauthenticate/", 302, 302, 200),
    "mfa_activate_totp": ("/accounts/2fa/app/connect/", 302, 302, 302),
    "mfa_deactivate_totp": ("/accounts/2fa/app/disconnect/", 302, 404, 302),
    "mfa_list_webauthn": ("/accounts/2fa/passkeys/", 302, 302, 302),
    "mfa_add_webauthn": ("/accounts/2fa/passkeys/add/", 302, 302, 302),
    "mfa_login_webauthn": ("/accounts/2fa/passkeys/login/", 302, 302, 302),
    "mfa_reauthenticate_webauthn": ("/accounts/2fa/passkeys/again/", 302, 302, 302),
    "mfa_remove_webauthn": ("/accounts/2fa/passkeys/1/remove/", 302, 302, 302),
    "mfa_edit_webauthn": ("/accounts/2fa/passkeys/1/edit/", 302, 302, 302),
    "media": ("/media/nothing.svg", 404, 404, 404),
    "admin-no-page": ("/admin/r/1/1/", 404, 404, 404),
    "admin:": ("/admin/", 302, 302, 200),
}
# what writes: (visitor, learner, educator), for POST with nothing in it
WRITE = {
    "leave": ("/leave/", 303, 303, 303),
    "accounts:preferences": ("/accounts/settings/preferences/", 302, 302, 302),
    "accounts:sessions-end": ("/accounts/settings/sessions/end/", 302, 302, 302),
    "accounts:recovery-codes": ("/accounts/recovery-codes/", 302, 302, 302),
    "settings-name": ("/accounts/settings/name/", 302, 422, 422),
    "settings-picture": ("/accounts/settings/picture/", 302, 302, 302),
    "display": ("/display/", 302, 302, 302),
    "courses:step-done": (f"{STEP}done/", 302, 302, 302),
    "courses:step-answers": (f"{STEP}answers/", 404, 404, 404),
    "courses:step-bookmark": (f"{STEP}bookmark/", 302, 302, 302),
    "courses:step-journal": (f"{STEP}journal/", 403, 302, 302),
    "verify": ("/verify/", 302, 302, 302),
    "courses:certificate": ("/courses/harbour/certificate/", 200, 422, 422),
    "courses:certificate-revoke": ("/courses/harbour/certificate/revoke/", 302, 302, 302),
    "courses:journal-remove": ("/courses/harbour/journal/remove/", 302, 404, 404),
    "courses:journal-move": ("/courses/harbour/journal/move/", 302, 400, 400),
    "discussions:comments": (f"{STEP}comments/", 422, 422, 422),
    "discussions:comment-edit": (f"{STEP}comments/COMMENT/edit/", 422, 404, 404),
    "discussions:comment-reply": (f"{STEP}comments/COMMENT/reply/", 422, 422, 422),
    "discussions:comment-withdraw": (f"{STEP}comments/COMMENT/withdraw/", 302, 404, 404),
    **{
        f"discussions:comment-{kind}": (f"{STEP}comments/COMMENT/{kind}/", 302, 400, 400)
        for kind in ("like", "bookmark", "follow", "mute")
    },
    "discussions:comments-read": (f"{STEP}comments/read/", 302, 400, 400),
    "discussions:notifications-seen": ("/notifications/seen/", 302, 400, 400),
    "discussions:notification": ("/notifications/1/", 302, 404, 404),
    "discussions:notification-settings": ("/notifications/settings/", 302, 302, 302),
    "discussions:words-expire": ("/notifications/settings/words/", 302, 422, 422),
    "discussions:unmute": ("/notifications/settings/muted/1/", 302, 404, 404),
    "discussions:mail-stop": ("/notifications/stop/forged/", 404, 404, 404),
    "discussions:comment-report": (f"{STEP}comments/COMMENT/report/", 422, 422, 422),
    "discussions:comment-pin": (f"{STEP}comments/COMMENT/pin/", 404, 404, 302),
    "discussions:comment-endorse": (f"{STEP}comments/COMMENT/endorse/", 404, 404, 302),
    "moderation:comment": ("/moderation/comments/COMMENT/", 404, 404, 422),
    "moderation:appeal": ("/moderation/appeals/999999/", 404, 404, 404),
    "moderation:decision": ("/moderation/decisions/999999/", 302, 404, 404),
}
READ_ONLY = ["/", "/support/", "/safety/", "/courses/harbour/", "/courses/harbour/outline/", STEP, "/media/nothing.svg"]
READ_ONLY += [f"/courses/harbour/{page}/" for page in ("sources", "glossary", "resources")]
READ_ONLY += ["/moderation/counts/", *(row[0] for name, row in READ.items() if name.startswith("draft"))]


@pytest.fixture
def roles(course, learner, educator) -> dict[str, Client]:
    found = {"visitor": Client()}
    for name, user in (("learner", learner), ("educator", educator)):
        found[name] = Client()
        found[name].force_login(user)
    return found


def filled(address: str) -> str:
    comment = factories.comment(
        Step.objects.get(slug="one-a"), User.objects.filter(handle="Tern").first() or factories.person("Tern")
    )
    if "LINK" in address:
        address = address.replace("LINK", draft_token())
    return address.replace("COMMENT", str(comment.pk)).replace(
        "TOKEN", Invitation.issue() if "TOKEN" in address else ""
    )


def draft_token() -> str:
    """That of a link to the course, of which one step is a draft now."""
    Step.objects.filter(slug="three-b").update(published=False)
    return draft_links.link_to(Course.objects.get(slug="harbour"), days=1).split("/")[2]


@pytest.mark.parametrize("name", READ)
def test_who_may_read_an_address(name, roles):
    address, *expected = READ[name]
    statuses = [client.get(filled(address)).status_code for client in roles.values()]
    assert statuses == expected


@pytest.mark.parametrize("name", WRITE)
def test_who_may_write_to_an_address(name, roles):
    address, *expected = WRITE[name]
    statuses = [client.post(filled(address)).status_code for client in roles.values()]
    assert statuses == expected


# Where who helps with another course gets more than a learner: (its educator, its moderator).
BEYOND_A_LEARNER = {
    "moderation:queue": (404, 200),  # what is in it is theirs alone (tests/discussions/test_course_roles.py)
    "moderation:log": (404, 200),
    "admin:": (200, 200),
    "accounts:second-lock": (302, 302),
    "mfa_reauthenticate": (200, 200),
    "mfa_deactivate_totp": (302, 302),
}


@pytest.mark.parametrize("name", READ)
def test_who_helps_with_another_course_is_a_learner_in_this_one(name, course):
    address, _visitor, learner, _educator = READ[name]
    elsewhere = factories.ready(factories.course("elsewhere"))
    statuses = []
    for role in ("educator", "moderator"):
        client = Client()
        client.force_login(factories.helper(elsewhere, role, f"From {role[0]}lsewhere"))
        statuses.append(client.get(filled(address)).status_code)
        if name in WRITE:
            assert client.post(filled(address)).status_code == WRITE[name][2]
    assert statuses == list(BEYOND_A_LEARNER.get(name, (learner, learner)))


def test_no_row_of_the_admin_leads_to_a_page_by_its_number(roles):
    """Django's own address for it would tell who helps with another course what a draft is called."""
    step = Step.objects.get(slug="one-a")
    kind = ContentType.objects.get_for_model(step)
    for client in roles.values():
        assert client.get(f"/admin/r/{kind.pk}/{step.pk}/").status_code == 404
    page = roles["educator"].get(f"/admin/courses/step/{step.pk}/change/").text
    assert f'href="{step.get_absolute_url()}"' in page and "/admin/r/" not in page


@pytest.mark.parametrize("address", READ_ONLY)
def test_reading_addresses_refuse_to_be_written_to(address, roles):
    assert [client.post(address).status_code for client in roles.values()] == [405, 405, 405]


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_methods_without_a_use_are_refused_everywhere(method, roles):
    for client in roles.values():
        assert getattr(client, method)("/").status_code == 405


def test_a_write_without_the_browsers_token_is_refused_and_the_words_come_back(learner, course):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    response = strict.post(f"{STEP}comments/", {"body": "My words."})
    assert response.status_code == 403 and "My words." in response.text


@pytest.mark.parametrize(
    "address",
    [
        "/courses/nowhere/",
        "/courses/harbour/steps/nowhere/",
        "/courses/nowhere/outline/",
        "/courses/nowhere/sources/",
        "/courses/nowhere/glossary/",
        "/courses/nowhere/resources/",
        f"{STEP}comments/999999/",
        "/x\x00y",
        "/%FF",
    ],
)
def test_what_does_not_exist_is_a_404_in_our_own_look(address, roles):
    for client in roles.values():
        response = client.get(address)
        assert response.status_code == 404 and "There is no page here" in response.text


def _named(resolver: URLResolver, space: str = "") -> set[str]:
    names: set[str] = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            names |= {f"{space}{inner}"} if inner == "admin:" else _named(pattern, space + inner)
        elif isinstance(pattern, URLPattern):
            names.add(f"{space}{pattern.name or re.sub(r'[^a-z]', '', str(pattern.pattern))}")
    return names


def test_every_address_has_a_row():
    assert _named(get_resolver()) - set(READ) == set()
