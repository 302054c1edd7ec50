"""The studio stands beside the site: it starts no Django, and the site runs without its programs."""

from __future__ import annotations

import subprocess
import sys


def test_the_studio_starts_without_django() -> None:
    program = "import sys, films.__main__; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
