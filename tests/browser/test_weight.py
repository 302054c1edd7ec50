"""A step page stays light: measured on the wire, on the production server, by the benchmark that anyone can run."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

FIRST_VISIT, LATER_VISIT = 120_000, 25_000  # bytes


@pytest.mark.browser
def test_a_step_page_weighs_little_at_first_and_less_later():
    run = subprocess.run(
        [sys.executable, "-m", "bench.page_weight", "--json"], capture_output=True, text=True, check=True
    )
    weight = json.loads(run.stdout.splitlines()[-1])
    assert sum(weight["first"].values()) <= FIRST_VISIT
    assert sum(weight["next"].values()) <= LATER_VISIT
    assert sum(weight["video"].values()) <= LATER_VISIT
    assert weight["outside"] == []
