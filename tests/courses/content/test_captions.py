"""WebVTT files: what is read, and what is refused with its line."""

from __future__ import annotations

import pytest

from courses.content.captions import CaptionError, Cue, parse_captions

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
def test_the_first_problem_is_told_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(CaptionError) as caught:
        parse_captions(text)
    assert caught.value.line == line
    assert words in caught.value.message
    assert str(caught.value) == f"line {line}: {caught.value.message}"
