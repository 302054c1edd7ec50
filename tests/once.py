"""What takes seconds to make is made once for all processes of a test run; tests work on copies."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that `make` filled: in this process, or in another one of the same run, for which this one waits."""
    root = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # that of the run
    made, half_made = root / name, root / f"{name}.half"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(half_made, ignore_errors=True)  # another process failed on it
            half_made.mkdir()
            make(half_made)
            half_made.rename(made)
    return made
