"""deploy/Containerfile and compose.yaml, without an engine: what is copied is enough, and its commands work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.services.servers import LONGEST, end, free_port, until, wait_for
from tests.whole_site.test_running import ROOT

FILE = (ROOT / "deploy/Containerfile").read_text()
LINES = re.sub(r"\\\n", " ", FILE).splitlines()


def said(word: str) -> list[str]:
    """What follows each instruction of that name."""
    return [line.split(" ", 1)[1] for line in LINES if line.startswith(f"{word} ")]


def command(line: str) -> list[str]:
    """A command in the form of a list, with this Python in the place of the image's."""
    found: list[str] = json.loads(line[line.index("[") :])
    return [sys.executable if word == "python" else word for word in found]


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder with what the image's has: the copied files and nothing else of the repository."""
    folder = tmp_path / "site"
    folder.mkdir()
    for line in said("COPY"):
        *sources, target = line.split()
        for source in sources:
            if (ROOT / source).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "*.mp4", "*.m4a")
                shutil.copytree(ROOT / source, folder / target, ignore=ignored)
            else:
                shutil.copy(ROOT / source, folder / target)
    shutil.rmtree(folder / "content")  # a small course in the place of the large one: the commands are what is tried
    topic = folder / "content" / "tiny" / "01-week" / "01-topic"
    topic.mkdir(parents=True)
    (topic.parents[1] / "course.yaml").write_text(
        "id: tiny\ntitle: Tiny\ntagline: Tiny.\nhours_per_week: 1\nlanguage: en\nlicence: CC BY 4.0\n"
    )
    (topic.parent / "week.yaml").write_text("id: week\ntitle: A week\n")
    (topic / "topic.yaml").write_text("id: topic\ntitle: A topic\n")
    (topic / "01-step.md").write_text("---\nid: step\nkind: article\ntitle: A step\nminutes: 3\n---\nWords.\n")
    return folder


def test_what_the_image_holds_starts_serves_and_is_found_healthy(image: Path, tmp_path: Path):
    port = str(free_port())
    fixed = dict(pair.split("=", 1) for line in said("ENV") for pair in line.split())
    variables = {**fixed, "PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data"), "PROXIES": "1"}
    variables |= {"SECRET_KEY": "abcdefghij" * 6, "ALLOWED_HOSTS": "course.example", "EMAIL_URL": "none:"}
    [start] = said("CMD")
    started = [port if word == "8000" else "127.0.0.1" if word == "0.0.0.0" else word for word in command(start)]  # noqa: S104
    assert port in started
    server = subprocess.Popen(started, cwd=image, env=variables, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(int(port), server)
        [health] = said("HEALTHCHECK")
        asks = [word.replace(":8000/", f":{port}/") for word in command(health)]
        until(lambda: subprocess.run(asks, env=variables, check=False).returncode == 0, "never healthy")
        headers = {"Host": "course.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/courses/tiny/steps/step/", headers=headers)
        with urllib.request.urlopen(request, timeout=LONGEST) as answer:  # noqa: S310 - our own address
            page = answer.read().decode()
        assert "Words." in page and re.search(r"/static/css/site\.[0-9a-f]{12}\.css", page)
    finally:
        end(server, group=True)
    [health] = said("HEALTHCHECK")
    asks = [word.replace(":8000/", f":{port}/") for word in command(health)]
    assert subprocess.run(asks, env=variables, check=False, capture_output=True).returncode != 0


def test_it_runs_as_nobody_in_particular_and_keeps_no_secret():
    assert said("USER") == ["course"] and LINES.index("USER course") < next(
        number for number, line in enumerate(LINES) if line.startswith("CMD")
    )
    assert not re.search(r"SECRET_KEY|PASSWORD|TOKEN|DSN", FILE)
    assert said("FROM")[0].count(":") == 1 and ":latest" not in FILE


def test_the_services_of_the_compose_file_name_what_the_site_reads():
    services = YAML(typ="safe").load((ROOT / "deploy/compose.yaml").read_text())["services"]
    known = set(re.findall(r"^# ([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), flags=re.M))
    assert set(services["site"]["environment"]) <= known
    for name, behind in (("DATABASE_URL", "database"), ("CACHE_URL", "cache")):
        assert f"{behind}:" in services["site"]["environment"][name] and behind in services["site"]["depends_on"]
    assert services["site"]["read_only"] and services["site"]["cap_drop"] == ["ALL"]
    assert all(port.startswith("127.0.0.1:") for port in services["site"]["ports"])
    assert not {"ports"} & (set(services["database"]) | set(services["cache"]))
    assert (ROOT / "deploy" / services["site"]["build"]["context"] / services["site"]["build"]["dockerfile"]).exists()
