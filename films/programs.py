"""The programs of Debian that films are made with: whether they are here, and how they are run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from films.problems import FilmProblem

HTS_VOICE = Path("/usr/share/festival/voices/us/cmu_us_slt_arctic_hts/hts/cmu_us_slt_arctic_hts.htsvoice")
VOICE_PACKAGE = "festvox-us-slt-hts"
PACKAGES = {"ffmpeg": "ffmpeg", "festival": "festival", "hts_engine": "htsengine"}  # program → package


def missing_packages() -> list[str]:
    packages = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    return packages if HTS_VOICE.is_file() else [*packages, VOICE_PACKAGE]


def run(command: Sequence[str], given: str | None = None) -> None:
    """Waits for a program. What it complains of is a FilmProblem; Festival complains without a bad exit status."""
    done = subprocess.run(command, input=given, capture_output=True, text=True)  # noqa: S603 — our own arguments, and no shell
    if done.returncode or "ERROR" in done.stderr:
        raise FilmProblem(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
