"""A film of ten seconds, made by the real voice, the real browser and the real encoder."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from courses.content.captions import parse_captions
from films.course import FILMS
from films.programs import missing_packages
from tests.films.fakes import write_course

SCRIPT = """\
## A door that works
- Easy to enter

There is naloxone behind this door.

**Nurse:** Come in. Nobody asks for your surname.
"""
MISSING = missing_packages()


@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}; `make films` installs them as root")
def test_a_short_film_has_everything_a_page_needs(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "naloxone", door=SCRIPT)
    make(folder)
    films = folder / FILMS
    film, sound = films / "door.mp4", films / "door.m4a"

    streams = probe(film)["streams"]
    video, audio = sorted(streams, key=lambda stream: stream["codec_type"], reverse=True)
    assert (video["codec_name"], video["profile"], video["pix_fmt"], video["width"], video["height"]) == (
        "h264",
        "High",
        "yuv420p",
        854,
        480,
    )
    assert (audio["codec_name"], audio["channels"]) == ("aac", 1)
    assert [stream["codec_name"] for stream in probe(sound)["streams"]] == ["aac"]
    seconds = float(probe(film)["format"]["duration"])
    assert 7 < seconds < 14
    assert abs(float(probe(sound)["format"]["duration"]) - seconds) < 0.3
    assert film.stat().st_size < 1_000_000 * seconds / 60
    assert film.read_bytes().index(b"moov") < film.read_bytes().index(b"mdat"), "the index comes first"
    assert (films / "door.webp").stat().st_size < 10_000

    cues = parse_captions((films / "door.en.vtt").read_text())
    assert [cue.text for cue in cues] == [
        "There is naloxone behind this door.",
        "Nurse: Come in. Nobody asks for your surname.",
    ]
    heard = speech_in(film)
    assert abs(heard[0] - cues[0].start) < 0.3
    assert abs(heard[1] - cues[-1].end) < 0.3

    before = {file.name: file.read_bytes() for file in films.iterdir()}
    film.unlink()
    make(folder)
    assert {file.name: file.read_bytes() for file in films.iterdir()} == before, "the same script gives the same bytes"


def make(folder: Path) -> None:
    # A process of its own, because Playwright cannot draw in one where the browser tests have a browser open.
    done = subprocess.run([sys.executable, "-m", "films", str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def probe(file: Path) -> dict:
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(file)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def speech_in(file: Path) -> tuple[float, float]:
    """When the first silence ends and the last one begins."""
    command = ["ffmpeg", "-nostdin", "-i", str(file), "-af", "silencedetect=noise=-45dB:d=0.3", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    ends, starts = re.findall(r"silence_end: ([\d.]+)", said), re.findall(r"silence_start: ([\d.]+)", said)
    return float(ends[0]), float(starts[-1])
