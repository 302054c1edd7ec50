"""Passkeys in a real browser, with a virtual authenticator; names to take; a shared computer; leaving."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.cached_db import SessionStore
from playwright.sync_api import Page, expect

from accounts.models import User
from tests import factories
from tests.browser.accessibility import broken_rules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
}  # fmt: skip


def with_device(page: Page) -> Page:
    """Plug a virtual authenticator in, as CDP has it."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def log_in(page: Page, handle: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Name you chose").fill(handle)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.locator("h1")).not_to_have_text("Welcome back")


def test_joining_and_logging_in_with_a_passkey_alone(visitor: Visitor, course, faults: list[str]):
    page = with_device(visitor(width=390))
    page.goto("/accounts/signup/?next=/privacy/")
    page.locator(".names .chip").first.click()
    name = page.get_by_label("Name to show").input_value()
    assert name and page.url.endswith("next=/privacy/")
    page.get_by_label("Passkey").check()
    expect(page.get_by_label("Password", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Join and start").click()
    page.get_by_role("button", name="Make the passkey and join").click()
    expect(page.locator(".codes li")).to_have_count(8)
    user = User.objects.get()
    assert user.handle == name and not user.has_usable_password()
    page.get_by_role("button", name="I have kept them").click()
    page.wait_for_url("**/privacy/")

    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Log out").click()
    page.goto("/accounts/login/")
    page.get_by_label("This is a shared phone or computer").check()
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.locator(".masthead")).to_contain_text(name)
    assert page.evaluate("document.documentElement.dataset.shared") == "yes"
    assert next(c for c in page.context.cookies() if c["name"] == "sessionid")["expires"] == -1
    assert faults == []


def test_adding_a_passkey_using_it_as_proof_and_removing_it(visitor: Visitor, course, faults: list[str]):
    factories.person("Heron")
    page = with_device(visitor())
    log_in(page, "Heron")
    page.goto("/accounts/settings/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("A name for this passkey").fill("My blue phone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("Passkey: My blue phone")).to_be_visible()

    page.goto("/accounts/2fa/passkeys/add/")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("This device has a passkey for this account already.")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.locator(".masthead")).to_contain_text("Heron")
    page.goto("/accounts/settings/")
    page.get_by_role("link", name="Remove My blue phone").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("The passkey is removed here.")).to_be_visible()
    assert not Authenticator.objects.exists()
    assert faults == []


def test_a_passkey_is_shown_once_more_before_everything_is_taken_along(visitor: Visitor, course, faults: list[str]):
    page = with_device(visitor())
    page.goto("/accounts/signup/?next=/my-data/")
    page.locator(".names .chip").first.click()
    page.get_by_label("Passkey").check()
    page.get_by_role("button", name="Join and start").click()
    page.get_by_role("button", name="Make the passkey and join").click()
    page.get_by_role("button", name="I have kept them").click()
    page.wait_for_url("**/my-data/")
    with page.expect_download() as at_once:
        page.get_by_role("link", name="Download my data").click()
    assert at_once.value.suggested_filename == "my-data.zip"

    key = next(c["value"] for c in page.context.cookies() if c["name"] == "sessionid")
    session = SessionStore(key)
    session["account_authentication_methods"] = [
        {**record, "at": record["at"] - 3600} for record in session["account_authentication_methods"]
    ]
    session.save()
    page.get_by_role("link", name="Download my data").click()
    page.wait_for_url("**/passkeys/again/**")
    with page.expect_download() as later:
        page.locator("main").get_by_role("button", name="Use a passkey").click()
    assert later.value.suggested_filename == "my-data.zip"
    expect(page.get_by_text("Your download begins by itself.")).to_be_visible()
    assert faults == []


def test_an_educator_adds_a_passkey_as_second_lock_and_needs_it_at_the_next_login(
    visitor: Visitor, course, faults: list[str]
):
    User.objects.create_superuser("Noor", factories.PASSWORD)
    page = with_device(visitor())
    log_in(page, "Noor")
    page.goto("/admin/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator("#content-main")).to_be_visible()
    page.context.clear_cookies()
    log_in(page, "Noor")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator(".masthead")).to_contain_text("Noor")
    page.goto("/admin/")
    expect(page.locator("#content-main")).to_be_visible()
    assert faults == []


def test_a_passkey_that_is_not_given_changes_nothing_and_says_so(visitor: Visitor, course):
    page = visitor()  # no authenticator: the browser refuses
    page.goto("/accounts/login/")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    )
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_text("That did not work, or was stopped.")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_free_name_can_be_taken_and_others_asked_for(visitor: Visitor, course, faults: list[str], javascript: bool):
    page = visitor(javascript=javascript, width=390)
    page.goto("/accounts/signup/")
    page.get_by_label("E-mail address (optional)").fill("tern@example.org")
    before = page.locator(".names .chip").all_inner_texts()
    page.get_by_role("button", name="Others").click()
    expect(page.locator(".names .chip")).not_to_have_text(before)
    offered = page.locator(".names .chip").nth(1).inner_text()
    page.locator(".names .chip").nth(1).click()
    expect(page.get_by_label("Name to show")).to_have_value(offered)
    expect(page.get_by_label("E-mail address (optional)")).to_have_value("tern@example.org")
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_label("Name to show").press("Enter")
    expect(page.locator(".codes li")).to_have_count(8)
    assert User.objects.get().handle == offered
    assert faults == []


def test_a_shared_computer_keeps_no_drafts_and_leaving_signs_out(visitor: Visitor, course, settings):
    settings.QUICK_EXIT_URL = "/privacy/"
    factories.person("Heron")
    page = visitor()
    page.goto("/accounts/login/?next=/courses/harbour/steps/one-a/")
    page.get_by_label("Name you chose").fill("Heron")
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_label("This is a shared phone or computer").check()
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("Add a comment").press_sequentially("Half a thought")
    assert page.evaluate("sessionStorage.length") == 0
    page.reload()
    expect(page.get_by_label("Add a comment")).to_have_value("")
    for _press in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("**/privacy/")
    page.goto("/accounts/settings/")
    page.wait_for_url("**/accounts/login/**")


def test_logging_out_leaves_no_draft_in_the_tab(visitor: Visitor, course):
    factories.person("Heron")
    page = visitor()
    log_in(page, "Heron")
    page.goto("/courses/harbour/steps/one-a/")
    page.get_by_label("Add a comment").press_sequentially("Half a thought")
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Log out").click()
    expect(page.locator(".masthead")).to_contain_text("Join")
    assert page.evaluate("Object.keys(sessionStorage).length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_ones_account_fit_and_keep_the_rules_of_accessibility(
    visitor: Visitor, course, faults: list[str], scheme: str
):
    factories.person("Heron")
    page = with_device(visitor(scheme=scheme))
    log_in(page, "Heron")
    pages = [
        "settings/",
        "settings/?pictures=30",
        "recovery-codes/",
        "2fa/passkeys/add/",
        "2fa/app/connect/",
        "second-lock/",
    ]
    pages += ["email/", "password/change/", "logout/"]
    found = []
    for width in (1440, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for address in pages:
            page.goto(f"/accounts/{address}")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{address} is {wide} px too wide at {width}"] if wide > 0 else []
            found += [f"{address} {broken}" for broken in broken_rules(page)] if width != 320 else []
    assert found == [] and faults == []


def test_what_a_passkey_answered_once_lets_nobody_in_again(visitor: Visitor, course):
    page = with_device(visitor())
    page.goto("/accounts/signup/?next=/privacy/")
    page.locator(".names .chip").first.click()
    page.get_by_label("Passkey").check()
    page.get_by_role("button", name="Join and start").click()
    page.get_by_role("button", name="Make the passkey and join").click()
    page.get_by_role("button", name="I have kept them").click()
    sent: list[tuple[str, str]] = []
    page.on("request", lambda r: sent.append((r.url, r.post_data or "")) if r.method == "POST" else None)

    def log_out() -> None:
        page.goto("/accounts/logout/")
        page.locator("main").get_by_role("button", name="Log out").click()

    log_out()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.locator(".masthead")).to_contain_text(User.objects.get().handle)
    log_out()
    address, answer = next((url, data) for url, data in sent if "credential=" in data)
    page.goto("/accounts/login/")
    fields = dict(parse_qsl(answer, keep_blank_values=True))
    fields["csrfmiddlewaretoken"] = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    again = page.context.request.post(address, form=fields, headers={"Referer": page.url})
    assert again.status < 500
    page.goto("/my-data/")
    assert "/accounts/login/" in page.url
