"""A film's transcript: the paragraphs of the script, each with the moment at which the captions say it."""

from __future__ import annotations

from courses.content.transcripts import transcript, unspoken

SCRIPT = """\
## A door that works
- Easy to enter

Someone has stopped breathing. There is time,
and there’s something *you* can do.

**Nurse:** First we call for help.

## What comes next

Read on.
"""
CUES = [
    [1.0, "Someone has stopped breathing."],
    [3.0, "[Footsteps] There is time, and there's"],
    [5.5, "something you can do."],
    [8.0, "Nurse: First we call"],
    [9.5, "NURSE: for help."],
    [12.0, "Narrator: Read on."],
]


def starts(script: str = SCRIPT, cues: list[list[object]] = CUES) -> list[object]:
    return [line["start"] for line in transcript(script, cues)]


def test_each_paragraph_has_its_heading_its_speaker_and_the_moment_of_its_first_words() -> None:
    assert transcript(SCRIPT, CUES) == [
        {
            "start": 1.0,
            "heading": "A door that works",
            "speaker": "",
            "text": "Someone has stopped breathing. There is time, and there’s something you can do.",
        },
        {"start": 8.0, "heading": "A door that works", "speaker": "Nurse", "text": "First we call for help."},
        {"start": 12.0, "heading": "What comes next", "speaker": "", "text": "Read on."},
    ]
    assert unspoken(SCRIPT, CUES) == []


def test_a_script_without_captions_has_no_moments() -> None:
    assert starts(cues=[]) == [None, None, None]


def test_what_the_captions_leave_out_or_say_elsewhere_is_unspoken() -> None:
    without_nurse = [cue for cue in CUES if "urse" not in str(cue[1]) and "NURSE" not in str(cue[1])]
    assert [(line.at, line.text) for line in unspoken(SCRIPT, without_nurse)] == [(7, "First we call for help.")]
    last_first = [CUES[-1], *CUES[:-1]]
    assert [line.text for line in unspoken(SCRIPT, last_first)] == ["Read on."]
    one_word_less = [[start, str(text).replace("breathing", "breath")] for start, text in CUES]
    assert [line.at for line in unspoken(SCRIPT, one_word_less)] == [4]


def test_the_same_words_said_twice_have_two_moments() -> None:
    assert starts("Yes.\n\nNo.\n\nYes.\n", [[1.0, "Yes."], [2.0, "No."], [3.0, "Yes."]]) == [1.0, 2.0, 3.0]


def test_a_line_that_begins_in_the_middle_of_a_caption_starts_with_it() -> None:
    assert starts("Yes.\n\nNo.\n", [[1.0, "Yes. No."]]) == [1.0, 1.0]


def test_captions_that_say_something_else_are_what_is_heard_joined_to_sentences() -> None:
    cues = [[1.0, "Something else was said here, in words that"], [4.0, "are not in the script."], [6.0, "At all."]]
    cues += [[9.0, "It goes on for some time,"], [11.0, "so that another line begins."], [12.0, "Here."]]
    assert [(line["start"], line["text"]) for line in transcript(SCRIPT, cues)] == [
        (
            1.0,
            "Something else was said here, in words that are not in the script. At all."
            " It goes on for some time, so that another line begins.",
        ),
        (12.0, "Here."),
    ]


def test_captions_that_say_more_than_the_script_lose_nothing() -> None:
    more = [*CUES, [15.0, "Good bye."]]
    assert transcript(SCRIPT, more)[-1]["text"].endswith("Narrator: Read on. Good bye.")
    assert unspoken(SCRIPT, more) == []


def test_captions_alone_are_a_transcript_too() -> None:
    assert transcript("", [[0.0, "Hello."]]) == [{"start": 0.0, "heading": "", "speaker": "", "text": "Hello."}]
    assert transcript("", []) == []
