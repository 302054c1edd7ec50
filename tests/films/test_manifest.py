"""What is made again and what is not: nothing twice, one film for one change, and never over somebody's own file."""

from __future__ import annotations

from pathlib import Path

import pytest

from films.__main__ import make_films
from films.course import FILMS, film_steps
from films.manifest import Manifest
from films.wording import Pronunciation
from tests.films.fakes import SCRIPT, FakeStudio, write_course

PRONUNCIATION = Pronunciation({"naloxone": "n ax | l aa1 k | s ow n", "tree": "t r iy1"}, {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path / "naloxone", first=SCRIPT, second="## Tea\n\nThere is tea.\n")


@pytest.fixture
def studio() -> FakeStudio:
    return FakeStudio()


def make(folder: Path, studio: FakeStudio, pronunciation: Pronunciation = PRONUNCIATION) -> int:
    studio.rendered.clear()
    return make_films(folder, list(film_steps(folder)), studio.open, pronunciation)


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in (folder / FILMS).iterdir()}


def script(folder: Path, slug: str) -> Path:
    return next(folder.glob(f"*/*/*-{slug}.script.md"))


def test_each_film_is_made_with_all_its_files(folder: Path, studio: FakeStudio) -> None:
    assert make(folder, studio) == 0
    assert studio.rendered == ["first", "second"]
    endings = ("en.vtt", "m4a", "mp4", "webp")
    assert sorted(contents(folder)) == sorted(
        [f"{slug}.{e}" for slug in ("first", "second") for e in endings] + ["films.json"]
    )


def test_making_again_without_a_change_writes_nothing(folder: Path, studio: FakeStudio) -> None:
    make(folder, studio)
    before = contents(folder)
    assert make(folder, studio) == 0
    assert studio.rendered == []
    assert contents(folder) == before


def test_one_changed_script_makes_one_film(folder: Path, studio: FakeStudio) -> None:
    make(folder, studio)
    before = contents(folder)
    script(folder, "second").write_text("## Tea\n\nThere is tea and cake.\n")
    make(folder, studio)
    assert studio.rendered == ["second"]
    changed = {name for name, content in contents(folder).items() if content != before[name]}
    assert changed >= {"second.mp4", "second.en.vtt", "films.json"}
    assert not any(name.startswith("first") for name in changed)


def test_a_film_made_again_from_the_same_script_is_the_same(folder: Path, studio: FakeStudio) -> None:
    make(folder, studio)
    before = {name: content for name, (content, _) in contents(folder).items()}
    (folder / FILMS / "first.mp4").unlink()
    make(folder, studio)
    assert studio.rendered == ["first"]
    assert {name: content for name, (content, _) in contents(folder).items()} == before


def test_a_pronunciation_makes_only_the_films_in_which_it_is_heard(folder: Path, studio: FakeStudio) -> None:
    make(folder, studio)
    make(folder, studio, Pronunciation({"naloxone": "n ae1", "tree": "t r iy1"}, {}))
    assert studio.rendered == ["first"]
    make(folder, studio, Pronunciation({"naloxone": "n ae1", "tree": "t r ay1"}, {}))
    assert studio.rendered == []


@pytest.mark.parametrize("name", ["first.mp4", "first.en.vtt"])
def test_a_replaced_file_is_left_alone_even_when_the_script_changes(
    folder: Path, studio: FakeStudio, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    make(folder, studio)
    (folder / FILMS / name).write_text("an educator's own")
    script(folder, "first").write_text("## New\n\nNew words.\n")
    before = contents(folder)
    capsys.readouterr()
    assert make(folder, studio) == 0
    assert studio.rendered == []
    assert contents(folder) == before
    assert f"left alone  first ({name}: not as we made it" in capsys.readouterr().out


def test_a_film_that_was_there_before_ours_is_left_alone(folder: Path, studio: FakeStudio) -> None:
    (folder / FILMS).mkdir(parents=True)
    (folder / FILMS / "first.mp4").write_text("an educator's own")
    make(folder, studio)
    assert studio.rendered == ["second"]
    assert (folder / FILMS / "first.mp4").read_text() == "an educator's own"


def test_a_step_that_shows_another_film_needs_none(folder: Path, studio: FakeStudio) -> None:
    step = next(folder.glob("*/*/*-first.md"))
    step.write_text(step.read_text().replace("video:\n", "video:\n  film: media/mine.webm\n"))
    make(folder, studio)
    assert studio.rendered == ["second"]


def test_a_step_that_names_the_film_we_made_is_as_before(folder: Path, studio: FakeStudio) -> None:
    make(folder, studio)
    step = next(folder.glob("*/*/*-first.md"))
    step.write_text(step.read_text().replace("video:\n", "video:\n  film: media/films/first.mp4\n"))
    make(folder, studio)
    assert studio.rendered == []


def test_a_course_in_another_language_is_left_alone(
    folder: Path, studio: FakeStudio, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "course.yaml").write_text("id: naloxone\ntitle: Naloxona\nlanguage: pt-BR\n")
    assert make(folder, studio) == 0
    assert studio.rendered == []
    assert "no voice for the language pt-BR" in capsys.readouterr().out


def test_a_script_without_words_is_a_problem_and_the_other_film_is_made(
    folder: Path, studio: FakeStudio, capsys: pytest.CaptureFixture[str]
) -> None:
    script(folder, "first").write_text("## Only a title\n- and a point\n")
    assert make(folder, studio) == 1
    assert studio.rendered == ["second"]
    assert "01-first.script.md: the script has no spoken words" in capsys.readouterr().err


def test_a_long_film_has_chapters_and_loses_them_when_it_becomes_short(folder: Path, studio: FakeStudio) -> None:
    long = "".join(f"## Part {number}\n\n{'There is tea and there is time. ' * 40}\n\n" for number in range(4))
    script(folder, "second").write_text(long)
    make(folder, studio)
    chapters = folder / FILMS / "second.chapters.vtt"
    assert chapters.read_text().startswith("WEBVTT\n\n00:00.000 --> ")
    assert chapters.read_text().count("Part ") == 4
    script(folder, "second").write_text("## Tea\n\nThere is tea.\n")
    make(folder, studio)
    assert not chapters.exists()


def test_a_dry_run_makes_nothing(folder: Path, studio: FakeStudio, capsys: pytest.CaptureFixture[str]) -> None:
    make_films(folder, list(film_steps(folder)), studio.open, PRONUNCIATION, dry_run=True)
    assert studio.rendered == []
    assert not (folder / FILMS).exists()
    assert "make        first" in capsys.readouterr().out


def test_a_film_whose_step_is_gone_is_named(folder: Path, studio: FakeStudio) -> None:
    make(folder, studio)
    steps = [step for step in film_steps(folder) if step.slug != "first"]
    assert Manifest.read(folder / FILMS).left_over(steps) == ["first"]
