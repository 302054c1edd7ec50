"""Makes one film from its script: everything in a folder of its own first, then put in place together."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from films.captions import chapters, webvtt
from films.course import FilmStep
from films.encode import encode_film, encode_poster, encode_sound
from films.narration import narrate, sentences_in
from films.problems import FilmProblem, ToolMissing
from films.programs import missing_packages
from films.script import Slide, slides_of
from films.slides import Picture, draw
from films.voice import FestivalVoice, Say, Sentence
from films.wording import Pronunciation

CHAPTERS_FROM = 240.0  # seconds; shorter films have none


@dataclass(frozen=True)
class Studio:
    """The three crafts, each of which a test can replace."""

    # the voice of one film, which is told beforehand all that it will say
    voice: Callable[[Sequence[Sentence], Path], Say]
    draw: Callable[[Sequence[Picture], Sequence[Slide], FilmStep, Path], list[Path]]
    # scenes, the moments at which slides change, raw sound, and the path of the film without its ending
    encode: Callable[[Sequence[tuple[Path, float]], Sequence[float], Path, Path], None]


def real_studio(pronunciation: Pronunciation) -> Studio:
    """The programs of this machine. Raises ToolMissing when one has to be installed first; the site itself needs none of them."""
    if missing := missing_packages():
        raise ToolMissing(
            f"films need what is not installed here: apt-get install {' '.join(missing)}; as root, `make films` does it"
        )
    return Studio(
        voice=lambda sentences, folder: FestivalVoice(sentences, pronunciation, folder),
        draw=lambda pictures, slides, step, folder: draw(
            pictures, slides, title=step.title, course=step.course, language=step.language, folder=folder
        ),
        encode=_encode,
    )


def make_film(step: FilmStep, studio: Studio, folder: Path) -> tuple[float, list[Path]]:
    """The film's length and its files, now in `folder`. Raises FilmProblem, and then nothing has changed there."""
    slides = slides_of(step.script)
    if not any(slide.lines for slide in slides):
        raise FilmProblem("the script has no spoken words; write them as paragraphs below its slides")
    with TemporaryDirectory(prefix="film-") as temporary:
        workshop = Path(temporary)
        finished = workshop / "finished"
        finished.mkdir()
        narration = narrate(slides, studio.voice(sentences_in(slides), workshop))
        sound = workshop / "narration"
        sound.write_bytes(narration.sound)
        pictures = [Picture(scene.slide, scene.speaker) for scene in narration.scenes]
        drawn = studio.draw(list(dict.fromkeys(pictures)), slides, step, workshop)
        files = dict(zip(dict.fromkeys(pictures), drawn, strict=True))
        scenes = [(files[Picture(scene.slide, scene.speaker)], seconds) for scene, seconds in narration.until()]
        cuts = [start for start, _ in narration.slide_starts()]
        studio.encode(scenes, cuts, sound, finished / step.slug)
        (finished / f"{step.slug}.{step.language}.vtt").write_text(webvtt(narration.cues), encoding="utf-8")
        if narration.seconds > CHAPTERS_FROM:
            titles = [(start, slides[slide].title or step.title) for start, slide in narration.slide_starts()]
            (finished / f"{step.slug}.chapters.vtt").write_text(
                webvtt(chapters(titles, narration.seconds)), encoding="utf-8"
            )
        return round(narration.seconds, 3), _put_in_place(finished, folder)


def _encode(scenes: Sequence[tuple[Path, float]], cuts: Sequence[float], sound: Path, target: Path) -> None:
    encode_film(scenes, cuts, sound, target.with_name(f"{target.name}.mp4"))
    encode_sound(sound, target.with_name(f"{target.name}.m4a"))
    encode_poster(scenes[0][0], target.with_name(f"{target.name}.webp"))


def _put_in_place(finished: Path, folder: Path) -> list[Path]:
    """Copies beside the target first, so that a full disk or a power cut leaves the old film whole."""
    folder.mkdir(parents=True, exist_ok=True)
    placed = []
    for file in sorted(finished.iterdir()):
        part = folder / f".{file.name}.part"
        part.write_bytes(file.read_bytes())
        placed.append((part, folder / file.name))
    for part, target in placed:
        os.replace(part, target)
    return [target for _, target in placed]
