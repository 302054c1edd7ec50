"""Certificates: earned, printed under any name that is not kept, read back from paper, altered, revoked."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from courses import certificates, paper, signed
from courses.models import Certificate, Completion, Course, Step
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/courses/harbour/certificate/"
NAMES = {
    "latin": "Marisol Example",
    "cyrillic": "Жанна Щербакова",
    "arabic": "شجاع المنصوری",
    "devanagari": "अनुष्का क्षत्रिय",
    "chinese": "王小明",
}


def course_of(steps: int) -> Course:
    made = factories.course("harbour", outcomes=["Tie a bowline.", "Read a chart & a sky."], hours_per_week="1.5")
    topic = factories.topic(factories.week(made))
    for n in range(steps):
        factories.step(topic, f"step-{n}", fresh=False)
    return factories.ready(made)


def finish(person: User, steps: int) -> None:
    first = Step.objects.order_by("pk")[:steps]
    Completion.objects.bulk_create(Completion(learner=person, step=step) for step in first)


@pytest.fixture
def earned(learner: User) -> Course:
    """A course of ten steps of which the learner did nine."""
    made = course_of(10)
    finish(learner, 9)
    return made


def printed(client: Client, name: str = "Marisol Example", **more: str) -> Any:
    return client.post(ADDRESS, {"name": name, **more})


def number_in(page: str) -> str:
    return re.search(r"/verify/#(\d+)", page)[1]


def altered(digits: str, **fields: Any) -> str:
    """The same certificate with other fields, signed by somebody else, under our key's name."""
    whole = signed.unpack(digits, certificates.public_keys()) | fields
    forged = signed.pack(whole, "another secret altogether")
    ours, theirs = (int(text).to_bytes(len(text), "big").lstrip(b"\0") for text in (digits, forged))
    return str(int.from_bytes(theirs[:1] + ours[1:5] + theirs[5:], "big"))


def test_nine_steps_in_ten_earn_it_and_the_answer_is_the_certificate(as_learner, learner, earned):
    response = printed(as_learner)
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    certificate = Certificate.objects.get()
    assert (certificate.person, certificate.course) == (learner, earned)
    page = response.text
    assert "Marisol Example" in page and certificate.printed_code in page and "9 of 10" in page
    assert "Read a chart &amp; a sky." in page and "about 1.5 hours" in page


def test_a_share_just_below_is_refused_and_the_page_says_what_is_missing(as_learner, learner):
    course_of(19)  # seventeen of nineteen are 89.5 %
    finish(learner, 17)
    response = printed(as_learner)
    assert response.status_code == 403 and not Certificate.objects.exists()
    assert "takes 18 of 19 steps" in response.text and "one more is to go" in response.text
    assert "Title of step-17" in response.text and "Title of step-16" not in response.text
    Completion.objects.create(learner=learner, step=Step.objects.get(slug="step-18"))
    assert printed(as_learner).status_code == 200


def test_a_share_of_eighty_nine_point_nine_is_not_ninety(learner):
    assert not certificates.Standing(done=899, whole=1000, needed=900).earned
    assert certificates.Standing(done=900, whole=1000, needed=900).earned


def test_a_visitor_is_told_that_it_needs_an_account(client):
    course_of(1)
    client.post("/courses/harbour/steps/step-0/done/", {"done": "1"})
    for response in (client.get(ADDRESS), printed(client)):
        assert "needs an account" in response.text
    assert not Certificate.objects.exists()


def test_the_name_is_kept_nowhere(as_learner, earned):
    printed(as_learner, "Unmistakable Quetzalcoatl")
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.all().values():
            assert "Quetzalcoatl" not in str(row)
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own names
            assert "Quetzalcoatl" not in str(cursor.fetchall())
    assert "Quetzalcoatl" not in as_learner.get(ADDRESS).text


@pytest.mark.parametrize("script", NAMES)
def test_the_pdf_has_the_name_in_its_script_and_a_code_that_verifies(script, as_learner, earned, client):
    response = printed(as_learner, NAMES[script], **{"as": "pdf"})
    assert response["Content-Type"] == "application/pdf" and "no-store" in response["Cache-Control"]
    document = pypdfium2.PdfDocument(response.content)
    try:
        assert len(document) == 1
        width, height = document[0].get_size()
        assert (round(width), round(height)) == (842, 595)  # A4, on its side
        text = document[0].get_textpage().get_text_bounded()
        picture = document[0].render(scale=3).to_pil()
        assert document.get_metadata_value("Title") == "Certificate of completion: Course harbour"
    finally:
        document.close()
    # Extraction gives right-to-left letters in the order of the eye or of reading, by reader.
    assert NAMES[script] in text or set(NAMES[script]) <= set(text)
    assert "Course harbour" in text and "Tie a bowline." in text and "9 of 10" in text
    assert Certificate.objects.get().printed_code in text
    assert b"/MarkInfo" in response.content or b"StructTreeRoot" in response.content
    scanned = zxingcpp.read_barcodes(picture)
    assert len(scanned) == 1 and scanned[0].text.startswith("http://testserver/verify/#")
    fields = signed.unpack(signed.digits_in(scanned[0].text), certificates.public_keys())
    assert (fields["name"], fields["course"], fields["done"]) == (NAMES[script], "Course harbour", 9)
    assert fields["outcomes"] == ["Tie a bowline.", "Read a chart & a sky."]
    shown = client.post("/verify/", {"certificate": scanned[0].text})
    assert "The signature is genuine" in shown.text and NAMES[script] in shown.text


def test_a_name_that_our_fonts_cannot_print_is_said_and_the_page_has_it(as_learner, earned):
    response = printed(as_learner, "ᚠᚢᚦᚨᚱᚲ", **{"as": "pdf"})
    assert response.status_code == 422 and "lack a letter" in response.text and "ᚠᚢᚦᚨᚱᚲ" in response.text


def test_without_typst_there_is_still_the_page(as_learner, earned, monkeypatch):
    monkeypatch.setattr(paper, "typst", None)
    assert "Download as PDF" not in printed(as_learner).text
    assert printed(as_learner, **{"as": "pdf"})["Content-Type"].startswith("text/html")


def test_the_file_to_keep_needs_nothing_else(as_learner, earned):
    response = printed(as_learner, "A <b>& B", **{"as": "page"})
    assert response["Content-Disposition"] == 'attachment; filename="certificate.html"'
    assert "A &lt;b&gt;&amp; B" in response.text
    assert not re.search(r'(src|href)="(?!data:|http://testserver/verify/#)', response.text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Marisol \t\n  Example ", "Marisol Example"),
        ("Ma\x00ri\x07sol\u200b\ufeff", "Marisol"),
        ("\u202eeliza\u202c", "eliza"),
        ("شجاع بن\u200cعلی", "شجاع بن\u200cعلی"),
        ("e" + "\u0301" * 40, "\u00e9" + "\u0301" * 4),
        ("x" * 100, "x" * 100),
    ],
)
def test_a_name_is_cleaned_of_what_cannot_be_seen(typed, kept):
    assert certificates.clean_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "\u200d\u200c", "x" * 101, "ع" * 500, "x" * 200_000])
def test_a_name_that_is_empty_or_too_long_is_refused_with_the_reason(typed, as_learner, earned):
    with pytest.raises(ValidationError):
        certificates.clean_name(typed)
    response = printed(as_learner, typed)
    assert response.status_code == 422 and 'href="#cn"' in response.text
    assert not Certificate.objects.exists()


def test_printing_again_keeps_the_code_and_another_code_is_had_on_request(as_learner, earned):
    for name in ("One", "Two"):
        printed(as_learner, name)
    assert Certificate.objects.count() == 1
    printed(as_learner, "Three", another="1")
    assert Certificate.objects.count() == 2
    for _ in range(12):
        last = printed(as_learner, "Many", another="1")
    assert last.status_code == 422 and Certificate.objects.count() == certificates.MOST_CODES


def test_what_was_issued_stays_when_course_and_handle_change(as_learner, learner, earned):
    printed(as_learner)
    Course.objects.update(title="Another title", outcomes=[], organisation="Somebody else")
    Completion.objects.all().delete()
    User.objects.filter(pk=learner.pk).update(handle="Another handle")
    page = printed(as_learner).text
    certificate = page.split('class="cert"')[1].split("</article>")[0]
    assert "Course harbour" in certificate and "Tie a bowline." in certificate and "9 of 10" in certificate
    assert "Another title" not in certificate and "Somebody else" not in certificate


def test_the_code_alone_shows_course_and_steps_and_no_name(as_learner, learner, client, earned):
    printed(as_learner)
    certificate = Certificate.objects.get()
    code = certificate.printed_code
    for typed in (code, code.lower(), certificate.code, code.replace("0", "o").replace("1", "l")):
        page = client.get(f"/verify/{typed}/")
        assert page.status_code == 200 and "Course harbour" in page.text and "9 of 10" in page.text
        assert "Marisol" not in page.text and learner.handle not in page.text
    assert client.post("/verify/", {"certificate": f" {code} "})["Location"] == f"/verify/{code}/"
    assert client.get(f"/verify/{code}/", headers={"accept": "application/json"}).json() == {"state": "valid"}


@pytest.mark.parametrize("code", ["7K2M-94QD-XW3A", "x", "é" * 30, "0" * 400, "%00"])
def test_a_code_that_was_never_issued_is_a_404(client, code):
    response = client.get(f"/verify/{code}/")
    assert response.status_code == 404
    assert client.get("/verify/AAAA/", headers={"accept": "application/json"}).json() == {"state": "unknown"}


def test_a_revoked_certificate_says_so_everywhere_and_cannot_come_back(as_learner, client, earned):
    digits = number_in(printed(as_learner).text)
    certificate = Certificate.objects.get()
    as_learner.post(f"{ADDRESS}revoke/", {"code": certificate.code})
    certificate.refresh_from_db()
    assert certificate.revoked_on
    assert "revoked it" in client.get(f"/verify/{certificate.code}/").text
    assert "revoked it" in client.post("/verify/", {"certificate": digits}).text
    assert client.get(f"/verify/{certificate.code}/", headers={"accept": "application/json"}).json() == {
        "state": "revoked"
    }
    assert number_in(printed(as_learner).text) != digits and Certificate.objects.standing().count() == 1


def test_nobody_else_revokes_or_lists_it(as_learner, other, as_educator, earned):
    printed(as_learner)
    certificate = Certificate.objects.get()
    stranger = Client()
    stranger.force_login(other)
    for client in (stranger, as_educator, Client()):
        client.post(f"{ADDRESS}revoke/", {"code": certificate.code})
        assert certificate.printed_code not in client.get(ADDRESS).text
    assert Certificate.objects.standing().count() == 1
    assert as_educator.get("/admin/courses/certificate/").status_code == 404


@pytest.mark.parametrize(
    "change", [{"name": "Somebody Else"}, {"done": 10}, {"issued_on": "2020-01-01"}, {"course": "Another"}]
)
def test_an_altered_certificate_is_told_from_a_genuine_one(change, as_learner, client, earned):
    digits = number_in(printed(as_learner).text)
    forged = altered(digits, **change)
    assert len(forged) > 180
    response = client.post("/verify/", {"certificate": f"http://testserver/verify/#{forged}"})
    assert response.status_code == 422 and "not as it was issued" in response.text
    for place in (3, len(digits) // 2, len(digits) - 1):
        wrong = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
        assert client.post("/verify/", {"certificate": wrong}).status_code == 422


@pytest.mark.parametrize("sent", ["9" * 200, "1" * 5000, "0" * 300, "9" * 200_000, "١" * 300, "\x00", "{}" * 500])
def test_nonsense_in_place_of_a_certificate_has_an_answer(client, sent):
    assert client.post("/verify/", {"certificate": sent}).status_code in (302, 422)


def test_a_certificate_of_a_deleted_account_is_genuine_but_unknown(as_learner, learner, client, earned):
    digits = number_in(printed(as_learner).text)
    Certificate.objects.all().delete()
    page = client.post("/verify/", {"certificate": digits}).text
    assert "The signature is genuine" in page and "no longer has a record" in page


def test_pages_about_certificates_are_not_for_search_engines(as_learner, client, earned):
    printed(as_learner)
    for page in (as_learner.get(ADDRESS), client.get("/verify/"), client.get(f"/verify/{Certificate.objects.get()}/")):
        assert '<meta name="robots" content="noindex">' in page.text and "no-store" in page["Cache-Control"]


def verified(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("verify_certificate", *arguments, stdout=out, **options)
    return out.getvalue()


def test_anybody_verifies_offline_with_the_public_key(
    as_learner, client, earned, tmp_path, settings, django_assert_num_queries
):
    pdf = printed(as_learner, "Жанна", **{"as": "pdf"}).content
    page = printed(as_learner, "Жанна", **{"as": "page"}).text
    (tmp_path / "c.pdf").write_bytes(pdf)
    (tmp_path / "c.html").write_text(page)
    public = client.get("/certificates/key/").text.splitlines()[2]
    assert verified(print_key=True).strip() == public
    settings.CERTIFICATE_KEY = "the verifier has another one"
    with django_assert_num_queries(0):
        for given in (number_in(page), f"https://x/#{number_in(page)}", f"{tmp_path}/c.html", f"{tmp_path}/c.pdf"):
            assert "name: Жанна" in verified(given, key=[public])
        with pytest.raises(CommandError, match="Altered"):
            verified(altered_last(number_in(page)), key=[public])
        with pytest.raises(CommandError, match="Altered"):
            verified(number_in(page))
        for nothing in ("x", str(tmp_path / "none.pdf")):
            with pytest.raises(CommandError, match="no certificate"):
                verified(nothing, key=[public])
        with pytest.raises(CommandError, match="no public key"):
            verified(number_in(page), key=["short"])
        with pytest.raises(CommandError, match="Give a certificate"):
            verified()


def altered_last(digits: str) -> str:
    return digits[:-1] + str((int(digits[-1]) + 1) % 10)


def test_certificates_signed_with_an_earlier_key_still_verify(as_learner, client, earned, settings):
    digits = number_in(printed(as_learner).text)
    earlier = certificates.public_keys()[0]
    settings.CERTIFICATE_KEY = "the site has a new key since then"
    assert client.post("/verify/", {"certificate": digits}).status_code == 422
    settings.CERTIFICATE_OLD_KEYS = [earlier]
    assert client.post("/verify/", {"certificate": digits}).status_code == 200


def test_the_longest_certificate_still_fits_into_its_code(as_learner, learner):
    outcomes = [
        f"{n} " + "Explain what harm reduction is and how strong the evidence for it is, to others." for n in range(9)
    ]
    course_of(1)
    Course.objects.update(outcomes=outcomes, organisation="O" * 200, title="T" * 200)
    finish(learner, 1)
    page = printed(as_learner, "नि" * 50).text
    assert len(number_in(page)) < signed.MOST_DIGITS
