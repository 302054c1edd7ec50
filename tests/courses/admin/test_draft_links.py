"""A draft is shown to who has its link: until it ends, and not a moment longer."""

from __future__ import annotations

import time

import pytest
from django.core import signing

from courses import arranging, draft_links, publishing
from courses.models import Completion, Step
from discussions.models import Comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(course) -> Step:
    found = Step.objects.get(slug="one-a")
    publishing.unpublish(rows=[found])
    return Step.objects.get(pk=found.pk)


def test_an_educator_makes_a_link_and_a_passer_by_opens_it(as_editor, client, step):
    page = as_editor.post(f"/admin/courses/step/{step.pk}/link/", {"days": "1"})
    link = page.context["link"]
    assert link in page.text and client.get(step.get_absolute_url()).status_code == 404
    response = client.get(link)
    assert response.status_code == 200
    assert (
        step.title in response.text
        and "<strong>plain</strong>" in response.text
        and "This is a draft." in response.text
    )
    assert response["Cache-Control"] == "no-store" and response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"] and "done/" not in response.text
    assert client.post(link).status_code == 405
    assert not Completion.objects.exists() and not Comment.objects.exists()


def test_a_link_ends_by_itself(client, step, monkeypatch):
    link = draft_links.link_to(step, days=7)
    assert client.get(link).status_code == 200
    later = time.time() + 7 * 24 * 3600 + 1
    monkeypatch.setattr(draft_links.time, "time", lambda: later)
    response = client.get(link)
    assert (
        response.status_code == 410 and "This link does not work" in response.text and step.title not in response.text
    )


def test_ending_all_links_ends_them_at_once_and_new_ones_work(as_editor, client, step):
    link = draft_links.link_to(step, days=30)
    assert as_editor.post(f"/admin/courses/step/{step.pk}/link/", {"end": "1"}).status_code == 302
    assert client.get(link).status_code == 410
    step.refresh_from_db()
    assert client.get(draft_links.link_to(step, days=30)).status_code == 200


def test_an_altered_link_and_one_of_another_make_show_nothing(client, step):
    link = draft_links.link_to(step, days=7)
    forged = signing.dumps([step.pk, 0, int(time.time()) + 999], salt="another")
    for wrong in (f"{link[:-3]}x/", f"/drafts/{forged}/", "/drafts/x/", "/drafts/%00/"):
        response = client.get(wrong)
        assert response.status_code == 404 and step.title not in response.text


def test_a_link_opens_its_own_step_alone(client, step):
    other = Step.objects.get(slug="one-b")
    publishing.unpublish(rows=[other])
    assert (
        other.body
        and "Title of one-b"
        not in client.get(draft_links.link_to(step, days=7)).text.split("<article")[1].split("</article>")[0]
    )


def test_of_a_retired_step_nothing_is_shown_and_a_published_one_leads_to_its_page(client, step):
    link = draft_links.link_to(step, days=7)
    publishing.publish(rows=[step])
    assert client.get(link)["Location"] == step.get_absolute_url()
    arranging.retire(steps=[step])
    assert client.get(link).status_code == 410


def test_who_may_not_change_the_step_makes_no_link(as_learner, as_moderator, client, step):
    address = f"/admin/courses/step/{step.pk}/link/"
    assert as_moderator.post(address, {"days": "7"}).status_code == 403
    assert as_learner.post(address).status_code in (302, 403) and client.post(address).status_code == 302
