"""The films in this repository: made from the scripts as they are now, small enough, and said when their captions say so."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from courses.content.captions import hard_to_read, parse_captions
from courses.content.transcripts import transcript
from films.course import FILMS, FilmStep, course_folders, film_steps
from films.making import CHAPTERS_FROM
from films.manifest import Decision, Manifest
from films.wording import read_pronunciation

ALL_MEDIA, A_MINUTE, A_POSTER = 40_000_000, 1_000_000, 8_000  # bytes
APART = 0.3  # seconds between what is heard and its caption
PAUSE = 0.5  # seconds; words on both sides of a pause can be told apart by ear
CONTENT = Path("content")
OURS = [
    (folder / FILMS, step)
    for folder in course_folders(CONTENT)
    for step in film_steps(folder)
    if (folder / FILMS / f"{step.slug}.mp4").is_file()
]
each_film = pytest.mark.parametrize(("folder", "step"), OURS, ids=[step.slug for _, step in OURS])


def test_every_script_has_its_film_and_none_has_changed_since() -> None:
    for folder in course_folders(CONTENT):
        manifest = Manifest.read(folder / FILMS)
        plans = [manifest.plan(step, read_pronunciation()) for step in film_steps(folder)]
        assert [plan.step.slug for plan in plans if plan.decision is Decision.MAKE] == [], "run `make films`"


def test_all_media_together_stay_small() -> None:
    assert sum(file.stat().st_size for file in CONTENT.glob("*/media/**/*") if file.is_file()) <= ALL_MEDIA


@each_film
def test_a_film_is_small_starts_at_once_and_has_all_that_goes_with_it(folder: Path, step: FilmStep) -> None:
    seconds = Manifest.read(folder).records[step.slug].seconds
    for film in (folder / f"{step.slug}.mp4", folder / f"{step.slug}.m4a"):
        content = film.read_bytes()
        assert len(content) <= A_MINUTE * seconds / 60
        assert content.index(b"moov") < content.index(b"mdat"), "the index comes first"
    assert (folder / f"{step.slug}.webp").stat().st_size <= A_POSTER
    chapters = folder / f"{step.slug}.chapters.vtt"
    assert chapters.is_file() == (seconds > CHAPTERS_FROM)
    if chapters.is_file():
        ends = [cue.end for cue in parse_captions(chapters.read_text())]
        assert ends[-1] == pytest.approx(seconds, abs=0.01)


@each_film
def test_the_captions_of_a_film_can_be_read_and_say_its_script(folder: Path, step: FilmStep) -> None:
    cues = parse_captions((folder / f"{step.slug}.en.vtt").read_text())
    assert list(hard_to_read(cues)) == []
    said = transcript(step.script, [[cue.start, cue.text] for cue in cues])
    assert all(line["heading"] for line in said), "not word for word: the captions alone have no headings"
    assert [line["start"] for line in said] == sorted({line["start"] for line in said})


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed; .ci/run installs it")
@each_film
def test_captions_come_and_go_with_the_voice(folder: Path, step: FilmStep) -> None:
    cues = parse_captions((folder / f"{step.slug}.en.vtt").read_text())
    begins, ends = heard_in(folder / f"{step.slug}.mp4")
    after_pause = [
        cue for before, cue in zip([None, *cues], cues, strict=False) if not before or cue.start - before.end > PAUSE
    ]
    before_pause = [
        cue for cue, after in zip(cues, [*cues[1:], None], strict=True) if not after or after.start - cue.end > PAUSE
    ]
    assert len(after_pause) > 5
    late = [cue for cue in after_pause if min(abs(cue.start - moment) for moment in begins) > APART]
    late += [cue for cue in before_pause if min(abs(cue.end - moment) for moment in ends) > APART]
    assert late == []


def heard_in(film: Path) -> tuple[list[float], list[float]]:
    """The moments at which sound begins and ends."""
    command = [
        "ffmpeg",
        "-nostdin",
        "-i",
        str(film),
        "-vn",
        "-af",
        "silencedetect=noise=-45dB:d=0.3",
        "-f",
        "null",
        "-",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    begins, ends = re.findall(r"silence_end: ([\d.]+)", said), re.findall(r"silence_start: (-?[\d.]+)", said)
    return [float(moment) for moment in begins], [float(moment) for moment in ends]
