"""`python -m films`: makes the films whose scripts have changed. `make films` first sees to it that the tools are there."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from films.course import FILMS, FilmStep, course_folders, film_steps
from films.making import Studio, make_film, real_studio
from films.manifest import Decision, Manifest
from films.problems import FilmProblem, ToolMissing
from films.wording import Pronunciation, read_pronunciation

CONTENT = Path(__file__).parent.parent / "content"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m films", description="Makes the films of courses from their scripts."
    )
    parser.add_argument("courses", nargs="*", type=Path, help="folders of courses; all in content/ when none is given")
    parser.add_argument("--only", metavar="STEP", help="the address of one step, for example topic-1-intro")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be made")
    options = parser.parse_args(arguments)
    pronunciation = read_pronunciation()
    films = {folder: list(film_steps(folder)) for folder in options.courses or course_folders(CONTENT)}
    if options.only and options.only not in {step.slug for steps in films.values() for step in steps}:
        parser.error(f'no step with a script has the address "{options.only}"')
    failed = 0
    try:
        for folder, steps in films.items():
            chosen = [step for step in steps if options.only in (None, step.slug)]
            failed += make_films(
                folder, chosen, lambda: real_studio(pronunciation), pronunciation, dry_run=options.dry_run
            )
            for slug in Manifest.read(folder / FILMS).left_over(steps):
                print(
                    f"left over   {slug} (no step has this address now; delete its files and its entry in films.json)"
                )
    except ToolMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 1 if failed else 0


def make_films(
    folder: Path,
    steps: Sequence[FilmStep],
    open_studio: Callable[[], Studio],
    pronunciation: Pronunciation,
    *,
    dry_run: bool = False,
) -> int:
    """Makes what the manifest of this course does not have yet, saying what happens to each. How many could not be made."""
    manifest = Manifest.read(folder / FILMS)
    failed = 0
    for step in steps:
        planned = manifest.plan(step, pronunciation)
        if planned.decision is not Decision.MAKE or dry_run:
            print(f"{planned.decision:10}  {step.slug}{f' ({planned.reason})' if planned.reason else ''}", flush=True)
            continue
        try:
            seconds, files = make_film(step, open_studio(), manifest.folder)
        except FilmProblem as problem:
            failed += 1
            print(f"{step.place}: {problem}", file=sys.stderr, flush=True)
            continue
        manifest.record(step, pronunciation, seconds, files)
        manifest.write()
        print(f"made        {step.slug}  {_length(seconds)}  {_sizes(files)}", flush=True)
    return failed


def _length(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _sizes(files: Sequence[Path]) -> str:
    return ", ".join(f"{file.suffix.removeprefix('.')} {file.stat().st_size / 1000:.0f} kB" for file in files)


if __name__ == "__main__":
    raise SystemExit(main())
