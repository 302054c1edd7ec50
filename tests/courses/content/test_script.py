"""The transcript that a script gives."""

from __future__ import annotations

import pytest

from courses.content.script import Line, plain_text, transcript_of

SCRIPT = """\
Before the first slide.

## You are here: *2*
- 1 What is harm reduction?
- 2 Public health: you are here
  and this bullet goes on

Welcome to the second topic.
It goes on here.

**Nurse:** Come in, *please*. There is [tea](https://example.org).

**Dr. Okapi**: Thank you.

## Before you go on
* Skip, pause or come back

---

Take `one` question with you.[^a]
"""


def test_paragraphs_are_spoken_under_the_heading_of_their_slide() -> None:
    assert transcript_of(SCRIPT) == [
        Line("", "", "Before the first slide."),
        Line("You are here: 2", "", "Welcome to the second topic. It goes on here."),
        Line("You are here: 2", "Nurse", "Come in, please. There is tea."),
        Line("You are here: 2", "Dr. Okapi", "Thank you."),
        Line("Before you go on", "", "Take one question with you."),
    ]


def test_a_line_knows_where_in_the_script_it_begins() -> None:
    assert [line.at for line in transcript_of("## A\n- b\n\n**B:** c\nd\n\ne")] == [4, 7]


def test_no_script_is_no_transcript() -> None:
    assert transcript_of("") == transcript_of("## Only a slide\n- with a bullet\n") == []


def test_words_right_after_a_bullet_are_spoken() -> None:
    assert transcript_of("- A bullet\nSpoken.") == [Line("", "", "Spoken.")]


def test_bold_words_without_a_colon_are_no_speaker() -> None:
    assert transcript_of("**Never** alone: that is the rule.") == [Line("", "", "Never alone: that is the rule.")]


def test_line_ends_of_windows_are_line_ends() -> None:
    assert transcript_of("## A\r\n- b\r\n\r\nc\r\nd\r\n") == [Line("A", "", "c d")]


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("**bold** and *slanted* and ***both***", "bold and slanted and both"),
        ("__bold__ and _slanted_", "bold and slanted"),
        ("a snake_case_name and 2 * 3 * 4", "a snake_case_name and 2 * 3 * 4"),
        (r"\*starred\*", "*starred*"),
        ("[link](https://example.org) ![picture](x.png)", "link picture"),
        ("  one\n two ", "one two"),
    ],
)
def test_plain_text_has_no_marks(markdown: str, words: str) -> None:
    assert plain_text(markdown) == words
