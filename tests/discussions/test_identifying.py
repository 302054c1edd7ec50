"""What is asked about before it is posted, and what passes: the numbers that this subject is full of."""

from __future__ import annotations

import pytest

from discussions.identifying import digest, find, in_words, marked
from tests.costs import within

ASKED = {
    "phone": [
        "Call me on 07700 900123.",
        "+44 7700 900123",
        "+1 (555) 123-4567",
        "555-123-4567 is the number",
        "tel 06 12 34 56 78",
        "0049 151 2345 6789",
        "my number: 0151/23456789",
        "612 345 678",
        "9123 4567",
        "(020) 7946 0958",
        "+380 44 123 45 67",
        "8 (495) 123-45-67",
        "07700900123",
        "٠٧٧٠٠٩٠٠١٢٣",
    ],
    "email": [
        "write to sam.smith@example.org please",
        "sam+news@mail.example.co.uk",
        "sam (at) example (dot) org",
        "sam [at] example.org",
        "sam at example dot org",
        "sam＠example.org",
    ],
    "address": [
        "I live at 12 Mill Road.",
        "221b Baker Street, London",
        "at 14 Old Market Square",
        "it was 12 mill road, near the station",
        "12 rue de la Paix",
        "3 bis, avenue Victor Hugo",
        "Lindenstraße 12",
        "Berliner Straße 5a",
        "Calle de Alcalá 45",
        "Via Roma, 12",
        "Rua Augusta 100",
        "ул. Ленина, д. 5",
        "P.O. Box 1234",
        "we meet in SW1A 1AA",
        "Keizersgracht 12",
    ],
    "profile": [
        "https://www.facebook.com/sam.smith",
        "find me: instagram.com/sam",
        "t.me/samsmith",
        "wa.me/447700900123",
        "my insta is @sam_smith",
        "@sam_smith on Telegram",
        "snap: samsmith99",
        "telegram @sam_s",
        "@sam@mastodon.social",
        "sam#1234",
        "add me on signal: sam.42",
    ],
}
PASSES = [
    "Between 2015 and 2019, or 2015–2019, or 1990-2020.",
    "In 1998, 2003, 2010 and 2021.",
    "It cost €1,200,000 and then $3 450 000.",
    "1 000 000 people, 12 500 000 doses, 1.250.000 euros",
    "0.4 mg/ml, 50 mg, 2-4 mg every 2-3 minutes",
    "60-120 mg of methadone a day",
    "pp. 1234-1240; Lancet 2019;394:1560-79",
    "International Journal 2021; 93(4): 103-110.",
    "see 10.1016/j.drugpo.2019.05.012 or https://doi.org/10.1001/jama.2020.1234567",
    "PMID 31234567, PMC7654321, ISBN 978-3-16-148410-0, NCT01234567",
    "on 27.11.2026, on 2026-11-27, on 11/27/2026, on 20261127",
    "from 17:40 to 18:15, 24/7, 365 days",
    "37.5% of 1,234,567 cases",
    "1234567 people",
    "1 2 3 4 5 6 7",
    "call 112 or 911 or 999",
    "12 people injecting on the street",
    "10 main street drugs",
    "two people live on that road",
    "3 years on the road, 40 per road.",
    "5 ways to place an order, 2 route options",
    "I agree with @Heron, and with @salt too",
    "We talked about Facebook and Telegram groups.",
    "the signal was clear; the session with @Heron helped",
    "look at https://example.org/a/b?c=1234567890",
    "Step 2.4, week 3, chapter 12, room 101",
    "a ratio of 1:10000000",
    "COVID-19, HIV-1, hepatitis C, H1N1, MDMA, 4-AcO-DMT, 5-MeO-DMT, 25I-NBOMe",
    "Single Convention of 1961, resolution 58/5, E/CN.7/2016/16",
    "",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in ASKED.items() for text in texts])
def test_what_may_identify_somebody_is_found(kind, text):
    assert kind in {one.kind for one in find(text)}, find(text)


@pytest.mark.parametrize("text", PASSES)
def test_years_prices_pages_doses_and_references_pass(text):
    assert [text[one.start : one.end] for one in find(text)] == []


def test_the_exact_words_are_marked_and_named_and_nothing_becomes_markup():
    text = "<b>Sam</b> & co:\n07700 900123 or sam@example.org"
    found = find(text)
    assert marked(text, found) == (
        "&lt;b&gt;Sam&lt;/b&gt; &amp; co:<br><mark>07700 900123</mark> or <mark>sam@example.org</mark>"
    )
    assert in_words(found) == "a phone number and an e-mail address"


def test_a_name_is_found_only_where_words_are_posted_without_it():
    assert find("as heron said") == []
    assert [one.kind for one in find("as heron said, herons fly", handle="Heron")] == ["handle"]


def test_leave_is_given_for_exactly_these_words():
    one, two = "07700 900123", "07700 900123 and sam@example.org"
    assert digest(one, find(one)) != digest(two, find(two))
    assert digest(one, find(one)) == digest(f"Changed around: {one}!", find(f"Changed around: {one}!"))
    assert digest("nothing", []) == ""


@pytest.mark.parametrize(
    "text", ["1" * 2000, "1 " * 1000, "a@" * 1000, "12 Aa " * 330, "@a" * 1000, "(at)" * 500, "a." * 1000]
)
def test_no_text_takes_long(text):
    within(0.5, find, text)
