"""Starting the site: what `make run` does with an empty folder, and again; what the production settings refuse."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.once import made_once

ROOT = Path(__file__).parents[2]
COURSE = """id: tiny
title: Tiny
tagline: A tiny course.
hours_per_week: 1
language: en
licence: CC BY 4.0
"""


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    keep = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    settings = {"DJANGO_SETTINGS_MODULE": "harmreduction.settings.base", **variables}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**keep, **settings}, capture_output=True, text=True, check=False)


def prepare(site: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    folders = {"DATA_DIR": str(site / "data"), "CONTENT_DIR": str(site / "content")}
    return manage("start", "--prepare-only", *arguments, **folders, **variables)


def begin(site: Path) -> None:
    topic = site / "content" / "tiny" / "01-week" / "01-topic"
    topic.mkdir(parents=True)
    (topic.parents[1] / "course.yaml").write_text(COURSE)
    (topic.parent / "week.yaml").write_text("id: week\ntitle: A week\n")
    (topic / "topic.yaml").write_text("id: topic\ntitle: A topic\n")
    (topic / "01-step.md").write_text("---\nid: step\nkind: article\ntitle: A step\nminutes: 3\n---\nWords.\n")
    first = prepare(site, "--port", "8765")
    assert first.returncode == 0, first.stderr
    (site / "said").write_text(first.stdout)


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A small course, the data of a site that was started once with it, and what that start said."""
    return Path(shutil.copytree(made_once(tmp_path_factory, "begun", begin), tmp_path / "site"))


def test_an_empty_folder_becomes_a_site_and_a_second_start_changes_nothing(site: Path):
    said = (site / "said").read_text()
    assert "http://127.0.0.1:8765/" in said and "added      step step: A step" in said
    link = re.search(r"http://127.0.0.1:8765/accounts/educator/[\w-]{20,}/", said)
    assert link
    secret = site / "data" / "secret_key"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    kept = secret.read_text()
    assert len(kept) >= 50
    second = prepare(site)
    assert second.returncode == 0, second.stderr
    assert "step" not in second.stdout.replace("educator", "") and secret.read_text() == kept


def test_the_first_link_begins_as_the_site_is_reached_from_outside(site: Path):
    said = prepare(site, SITE_ADDRESS="https://course.example/").stdout
    assert "https://course.example/accounts/educator/" in said and "127.0.0.1" not in said


def test_only_what_changed_is_loaded_again(site: Path):
    step = next(site.rglob("01-step.md"))
    step.write_text(step.read_text().replace("Words.", "Other words."))
    again = prepare(site)
    assert "changed    step step: body" in again.stdout and "course" not in again.stdout.split("changed")[1]


def test_a_mistake_in_a_text_is_said_and_does_not_close_the_site(site: Path):
    step = next(site.rglob("01-step.md"))
    step.write_text(step.read_text().replace("minutes: 3", "minutes: three"))
    again = prepare(site)
    assert again.returncode == 0
    assert "tiny/01-week/01-topic/01-step.md:5: minutes" in again.stderr
    assert "what was loaded before is served" in again.stderr


SAFE = {
    "DJANGO_SETTINGS_MODULE": "harmreduction.settings.production",
    "SECRET_KEY": "only-to-look-at-the-production-settings-and-nothing-else",
    "ALLOWED_HOSTS": "course.example",
    "EMAIL_URL": "none:",
}


def test_production_names_everything_that_is_missing_at_once(tmp_path: Path):
    wrong = {
        "CACHE_URL": "red",
        "PROXIES": "many",
        "QUICK_EXIT_URL": "http://x.example/",
        "CSRF_TRUSTED_ORIGINS": "http://x",
    }
    run = manage("check", DJANGO_SETTINGS_MODULE="harmreduction.settings.production", HOME=str(tmp_path), **wrong)
    assert run.returncode != 0
    for name in (
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "DATA_DIR",
        "EMAIL_URL",
        "CACHE_URL",
        "QUICK_EXIT_URL",
        "CSRF_TRUSTED_ORIGINS",
    ):
        assert f"{name}:" in run.stderr
    assert "PROXIES='many'" in run.stderr


@pytest.mark.parametrize(
    ("unsafe", "said"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY:"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY:"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS:"),
        ({"ALLOWED_HOSTS": "course.example,*.example"}, "ALLOWED_HOSTS:"),
        ({"DATA_DIR": "data"}, "DATA_DIR:"),
        ({"EMAIL_URL": "console:"}, "EMAIL_URL:"),
        ({"SECURE_SSL_REDIRECT": "0"}, "SECURE_SSL_REDIRECT:"),
    ],
)
def test_production_refuses_what_is_unsafe(unsafe: dict[str, str], said: str, tmp_path: Path):
    safe = {**SAFE, "DATA_DIR": str(tmp_path)}
    refused = manage("check", **{**safe, **unsafe})
    assert refused.returncode != 0 and said in refused.stderr and refused.stderr.count("\n  ") >= 1


def test_production_starts_when_all_is_said_and_has_nothing_to_warn_of(tmp_path: Path):
    run = manage("check", "--deploy", "--fail-level", "WARNING", **SAFE, DATA_DIR=str(tmp_path))
    assert run.returncode == 0, run.stderr


def test_a_variable_that_cannot_be_read_is_named(tmp_path: Path):
    run = manage("check", PROXIES="many", DATA_DIR=str(tmp_path))
    assert run.returncode != 0 and "PROXIES='many': write a whole number." in run.stderr


def test_every_variable_that_is_read_stands_in_the_example():
    read = set()
    for room in ("accounts", "courses", "discussions", "harmreduction"):
        for file in (ROOT / room).rglob("*.py"):
            read |= set(re.findall(r'\benv\.\w+\(\s*"(\w+)"', file.read_text()))
            assert "os.environ[" not in file.read_text(), f"{file}: read the environment through harmreduction.env"
    example = set(re.findall(r"^# ([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), flags=re.M))
    assert read - {"TEST_DATABASE_URL"} == example  # that one is for those who change the code: CONTRIBUTING.md


def test_styles_are_joined_and_fingerprinted(site: Path):
    bundle = next((site / "data" / "static" / "css").glob("site.*.css")).read_text()
    order = [
        bundle.index(words) for words in ("@layer tokens,base", "@layer base{", "@layer layout{", "@layer components{")
    ]
    assert order == sorted(order)
    assert re.search(r"fonts/ahn-latin\.[0-9a-f]{12}\.woff2", bundle)
