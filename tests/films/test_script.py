"""A script as slides, and its words as they are said."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses.content.script import Line, transcript_of
from films.course import course_folders, film_steps
from films.script import Slide, slides_of
from films.voice import NARRATOR, cast
from films.wording import Pronunciation, Said, read_pronunciation, said, sentences_of

SCRIPT = """\
Before the first slide.

## You are here: *2*
- 1 What is harm reduction?
- 2 Public health: you are here
  and this bullet goes on

Welcome to the second topic.
It goes on here.

**Nurse:** Come in, *please*.

## A slide without words
* Only this
"""

NO_PRONUNCIATION = Pronunciation({}, {})


def test_a_heading_starts_a_slide_bullets_are_shown_and_paragraphs_are_spoken() -> None:
    here = "You are here: 2"
    assert slides_of(SCRIPT) == [
        Slide("", (), (Line("", "", "Before the first slide."),)),
        Slide(
            here,
            ("1 What is harm reduction?", "2 Public health: you are here and this bullet goes on"),
            (Line(here, "", "Welcome to the second topic. It goes on here."), Line(here, "Nurse", "Come in, please.")),
        ),
        Slide("A slide without words", ("Only this",), ()),
    ]


@pytest.mark.parametrize(
    "step",
    [step for folder in course_folders(Path("content")) for step in film_steps(folder)],
    ids=lambda step: step.slug,
)
def test_the_films_of_our_courses_speak_what_the_site_shows_as_their_transcript(step) -> None:
    lines = [line for slide in slides_of(step.script) for line in slide.lines]
    assert lines == transcript_of(step.script)
    assert [word for line in lines for sentence in sentences_of(line.text) for word in sentence] == [
        word for line in lines for word in line.text.split()
    ]


def test_sentences_end_where_the_next_begins_with_a_capital_and_not_behind_an_abbreviation() -> None:
    text = "Ask Dr. Okapi. “Really?” she said. It costs 2.5 euros… and more. Yes!"
    assert [" ".join(sentence) for sentence in sentences_of(text)] == [
        "Ask Dr. Okapi.",
        "“Really?” she said.",
        "It costs 2.5 euros… and more.",
        "Yes!",
    ]


def test_the_voice_is_given_plain_words_and_each_written_word_keeps_its_place() -> None:
    sentence = ("“Café”", "—", "the", "neighbour’s,", "and/or", "12–15", "(mine)")
    assert said(sentence, NO_PRONUNCIATION) == [
        Said("“Café”", ("Cafe,",)),
        Said("—", ()),
        Said("the", ("the",)),
        Said("neighbour’s,", ("neighbour's,",)),
        Said("and/or", ("and", "or")),
        Said("12–15", ("12", "to", "15")),
        Said("(mine)", ("mine,",)),
    ]


def test_a_phrase_says_which_of_two_words_is_meant() -> None:
    pronunciation = Pronunciation({"useverb": "y uw1 z"}, {"i use": "i useverb"})
    assert [word.tokens for word in said(("Drug", "use:", "I", "use,"), pronunciation)] == [
        ("Drug",),
        ("use:",),
        ("I",),
        ("useverb,",),
    ]


def test_only_a_pronunciation_that_is_heard_changes_a_film() -> None:
    pronunciation = Pronunciation(
        {"useverb": "y uw1 z", "naloxone": "n", "opioid": "o"}, {"i use": "i useverb", "close the": "c the"}
    )
    assert pronunciation.used_in("**Nurse:** I use Naloxone’s help.") == [
        "i use = i useverb",
        "naloxone = n",
        "useverb = y uw1 z",
    ]


def test_the_pronunciations_can_be_read() -> None:
    pronunciation = read_pronunciation()
    made_up = {word for said in pronunciation.phrases.values() for word in said.split()} & pronunciation.words.keys()
    assert made_up, "phrases use words of the list"
    for word, phones in pronunciation.words.items():
        assert word.isalpha() and word.islower(), word
        assert "1" in phones, f"{word}: a vowel is stressed"


def test_each_role_has_a_voice_of_its_own_and_a_mother_has_a_womans() -> None:
    voices = cast(["Nurse", "Activist", "", "Mother", "Nurse", "Young man", "Doctor"])
    assert voices[""] == NARRATOR
    assert len(set(voices.values())) == len(voices) == 6
    assert voices["Mother"].half_tones > voices["Young man"].half_tones
