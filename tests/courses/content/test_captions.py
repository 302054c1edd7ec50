"""WebVTT files: what is read, and what is refused with its line."""

from __future__ import annotations

import pytest

from courses.content.captions import CaptionErrors, CaptionProblem, Cue, hard_to_read, parse_captions

GOOD = """\
WEBVTT - a film

NOTE written by hand
on two lines

REGION
id:top

1
00:00.000 --> 00:02.500 align:start position:10%
<v Nurse>Come <i>in</i>.</v>

00:02.500 --> 01:00:03.000 line:0 region:top
Tea &amp; sympathy,
on two <c.loud>lines</c> <00:00:02.700>timed
"""


def test_cues_are_times_and_plain_text() -> None:
    assert parse_captions(GOOD) == [
        Cue(0.0, 2.5, "Come in."),
        Cue(2.5, 3603.0, "Tea & sympathy, on two lines timed"),
    ]


@pytest.mark.parametrize("change", [("\n", "\r\n"), ("\n", "\r"), ("WEBVTT", "\ufeffWEBVTT")])
def test_line_ends_and_a_byte_order_mark_make_no_difference(change: tuple[str, str]) -> None:
    assert parse_captions(GOOD.replace(*change)) == parse_captions(GOOD)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "WEBVTT"),
        ("1\n00:01.000 --> 00:02.000\nx", 1, "WEBVTT"),
        ("WEBVTTX\n\n00:01.000 --> 00:02.000\nx", 1, "WEBVTT"),
        ("WEBVTT\n00:01.000 --> 00:02.000\nx", 2, "empty line"),
        ("WEBVTT\n\n", 3, "no captions"),
        ("WEBVTT\n\nhello", 3, "times"),
        ("WEBVTT\n\n1\nhello", 4, "times"),
        ("WEBVTT\n\n00:01,000 --> 00:02,000\nx", 3, "written as"),
        ("WEBVTT\n\n0:01.000 --> 00:02.000\nx", 3, "written as"),
        ("WEBVTT\n\n00:61.000 --> 00:62.000\nx", 3, "written as"),
        ("WEBVTT\n\n00:01.000-->00:02.000\nx", 3, "written as"),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\nx", 3, "ends before"),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\nx\n\n00:01.000 --> 00:02.000\ny", 6, "order of time"),
        ("WEBVTT\n\n00:01.000 --> 00:03.000\nx\n\n00:02.000 --> 00:04.000\ny", 6, "has ended"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 colour:red\nx", 3, "colour:red"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 position:120%\nx", 3, "position:120%"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n", 3, "no words"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<i></i>", 3, "no words"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n00:02.000 --> 00:03.000\ny", 5, "empty line"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\na <b and c", 4, "&lt;"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<script>x</script>", 4, "&lt;"),
        ("WEBVTT\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.000\nx", 3, "styles"),
    ],
)
def test_a_problem_is_told_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(CaptionErrors) as caught:
        parse_captions(text)
    (problem,) = caught.value.problems
    assert problem.line == line
    assert words in problem.message
    assert str(caught.value) == f"line {line}: {problem.message}"


def test_all_problems_of_a_file_are_told_at_once() -> None:
    text = "WEBVTT\nx\n\n00:02.000 --> 00:01.000\nx\n\n00:03.000 --> 00:04.000\n\n00:05,000 --> 00:06.000\ny\n"
    with pytest.raises(CaptionErrors) as caught:
        parse_captions(text)
    assert [problem.line for problem in caught.value.problems] == [2, 4, 7, 9]


@pytest.mark.parametrize(
    ("cue", "line", "words"),
    [
        ("00:01.000 --> 00:02.000\nTwenty-one characters", 3, "21 characters in 1.0 seconds; at most 20"),
        ("00:01.000 --> 00:02.000\nTwenty-one\ncharacters", 3, "show it for 1.1 seconds"),
        (
            "00:01.000 --> 00:09.000\nShort\nThis line is longer than a small screen can show",
            5,
            "48 characters; at most 42",
        ),
        ("00:01.000 --> 00:09.000\none\ntwo\nthree", 3, "3 lines; more than 2"),
    ],
)
def test_what_nobody_could_read_in_time_is_told_with_its_line(cue: str, line: int, words: str) -> None:
    (problem,) = hard_to_read(parse_captions(f"WEBVTT\n\n{cue}\n"))
    assert problem.line == line
    assert words in problem.message


def test_what_can_be_read_in_time_is_left_alone() -> None:
    cues = parse_captions(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{'x' * 20}\n\n00:02.000 --> 00:09.000\n{'y' * 42}\n")
    assert list(hard_to_read(cues)) == []


def test_every_caption_that_is_too_fast_is_told() -> None:
    cues = parse_captions(
        "WEBVTT\n\n" + "\n\n".join(f"00:0{n}.000 --> 00:0{n}.500\nToo fast to read" for n in range(3))
    )
    assert [problem.line for problem in hard_to_read(cues)] == [3, 6, 9]
    assert all(isinstance(problem, CaptionProblem) for problem in hard_to_read(cues))
