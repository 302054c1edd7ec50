"""Captions: when they are shown, how they are cut, and that nobody has to read faster than people can."""

from __future__ import annotations

from itertools import pairwise

import pytest

from courses.content.captions import parse_captions
from courses.content.script import transcript_of
from films.captions import Cue, TooFast, chapters, cues_of, webvtt
from films.narration import FRAMES, NARRATOR_NAME, Narration, narrate
from films.problems import FilmProblem
from films.script import slides_of
from films.voice import RATE, SAMPLE, Moment, Sentence, Speech, Voice
from tests.films.fakes import SCRIPT, speech

LONG = """\
## One
A package on paper helps nobody. So the question is not only whether a country has a needle programme. It is how many needles, \
for how many people, and who may come in, and at what hours, and what they are asked for before somebody opens the door.

**Service manager:** Thirty-five is a lot of boxes, if you are the one who carries them. Late. Hidden. Gone.

**Peer worker:** What makes a good place? I can tell you from the pavement.

Organisations & <people> say “yes”.
"""


def said_slowly(sentence: Sentence, voice: Voice, pace: float) -> Speech:
    return speech(sentence, pace)


@pytest.fixture
def narration() -> Narration:
    return narrate(slides_of(LONG), said_slowly)


def test_every_spoken_word_is_in_the_captions_in_order(narration: Narration) -> None:
    captions = " ".join(cue.text for cue in parse_captions(webvtt(narration.cues)))
    for name in ("Service manager", "Peer worker", NARRATOR_NAME):
        captions = captions.replace(f"{name}: ", "", 1)
    assert captions == " ".join(line.text for line in transcript_of(LONG))


def test_who_speaks_is_named_where_it_changes(narration: Narration) -> None:
    named = [
        cue.lines[0].split(":")[0]
        for cue in narration.cues
        if cue.lines[0].split(":")[0] in ("Service manager", "Peer worker", "Narrator")
    ]
    assert named == ["Service manager", "Peer worker", "Narrator"]
    assert narration.cues[0].lines[0].startswith("A package"), "a film that its narrator begins needs no name"


def test_captions_are_short_slow_and_apart(narration: Narration) -> None:
    for cue in narration.cues:
        assert 1 <= len(cue.lines) <= 2
        assert max(len(line) for line in cue.lines) <= 42
        assert len(" ".join(cue.lines)) / (cue.end - cue.start) <= 20
    for before, after in pairwise(narration.cues):
        assert before.end <= after.start


def test_captions_match_the_sound_to_a_third_of_a_second() -> None:
    words = [*[f"word{number}" for number in range(11)], "ends.", *[f"Word{number}" for number in range(11)], "ends."]
    moments = [Moment(word, number * 0.5 + 1.1, number * 0.5 + 1.4) for number, word in enumerate(words)]
    assert [(cue.start, cue.end) for cue in cues_of(moments)] == [
        (pytest.approx(0.95), pytest.approx(7.08)),
        (pytest.approx(7.1), pytest.approx(13.1)),
    ]


def test_a_caption_ends_before_the_next_begins() -> None:
    words = ["interdepartmental"] * 12
    moments = [Moment(word, number * 1.5, number * 1.5 + 1.5) for number, word in enumerate(words)]
    cues = cues_of(moments)
    assert len(cues) > 2
    for before, after in pairwise(cues):
        assert 0 < after.start - before.end < 0.1


def test_captions_end_where_sentences_do() -> None:
    sentences = [
        "Seventh, information that is made for the people it is meant to reach.",
        "Eighth, hepatitis: vaccines, tests and treatment.",
    ]
    cues = cues_of(speech(tuple(" ".join(sentences).split())).moments)
    assert [" ".join(cue.lines) for cue in cues] == sentences


def test_words_spoken_too_fast_to_read_are_said_more_slowly() -> None:
    hurried = speech(("Nobody", "could", "ever", "read", "all", "these", "words"), per_letter=0.01)
    with pytest.raises(TooFast):
        cues_of(hurried.moments)
    paces: list[float] = []

    def say(sentence: Sentence, voice: Voice, pace: float) -> Speech:
        paces.append(pace)
        return speech(sentence, pace, per_letter=0.02)

    narration = narrate(slides_of("## One\nNobody could ever read all these words in time."), say)
    assert paces[0] == 1.0
    assert paces[-1] < 1.0
    assert all(len(" ".join(cue.lines)) / (cue.end - cue.start) <= 20 for cue in narration.cues)


def test_a_word_too_long_for_a_line_is_a_problem_with_its_place() -> None:
    with pytest.raises(FilmProblem, match="Look at"):
        narrate(slides_of(f"## One\nLook at {'x' * 50}."), said_slowly)


def test_pictures_change_on_a_frame_before_they_are_spoken_over() -> None:
    narration = narrate(slides_of(SCRIPT), said_slowly)
    assert [(scene.slide, scene.speaker) for scene in narration.scenes] == [(None, ""), (0, ""), (0, "Nurse"), (1, "")]
    assert all(scene.start * FRAMES == pytest.approx(round(scene.start * FRAMES)) for scene in narration.scenes)
    assert narration.seconds == len(narration.sound) / SAMPLE / RATE
    assert sum(seconds for _, seconds in narration.until()) == pytest.approx(narration.seconds)
    nurse = next(cue for cue in narration.cues if cue.lines[0].startswith("Nurse:"))
    assert narration.scenes[2].start < nurse.start < narration.scenes[2].start + 1
    assert narration.slide_starts() == [(narration.scenes[1].start, 0), (narration.scenes[3].start, 1)]


def test_chapters_cover_the_whole_film() -> None:
    made = chapters([(2.0, "One"), (61.5, "Two & three")], 3700.25)
    assert made == [Cue(0.0, 61.5, ("One",)), Cue(61.5, 3700.25, ("Two & three",))]
    assert webvtt(made) == ("WEBVTT\n\n00:00.000 --> 01:01.500\nOne\n\n01:01.500 --> 01:01:40.250\nTwo &amp; three\n")
