"""A production server of its own for a benchmark: fresh database, the built-in course, people and comments, on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Site:
    port: int
    pid: int
    data: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def prepare(data: Path) -> None:
    """Point this process at a fresh database in `data` and fill it with the built-in course."""
    os.environ |= {"DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "bench.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    call_command("start", prepare_only=True, stdout=open(os.devnull, "w"))  # noqa: SIM115


@contextmanager
def serving(data: Path, *, workers: int = 2) -> Iterator[Site]:
    """The same server as `make run` starts, until the block ends."""
    port = _free_port()
    arguments = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    arguments += [
        "--workers",
        str(workers),
        "--blocking-threads",
        "2",
        "--no-ws",
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    arguments += ["--backpressure", "128", "harmreduction.wsgi:application"]
    server = subprocess.Popen(arguments)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Site(port, server.pid, data)
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)
