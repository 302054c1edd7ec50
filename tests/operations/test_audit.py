"""The audit of the locked libraries: what is known is said, and what was not asked is never taken for safe."""

from __future__ import annotations

import json

import pytest

from deploy import audit


@pytest.fixture
def lock(tmp_path, monkeypatch):
    (tmp_path / "requirements.txt").write_text(
        "Django==5.2.19 \\\n    --hash=sha256:x\nruamel-yaml==0.19.1 ; python_version>'3'\n"
    )
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    monkeypatch.setattr(audit, "LOCKS", ("requirements.txt",))


def answer(*dependencies, monkeypatch):
    monkeypatch.setattr(audit, "ask", lambda lock: (json.dumps({"dependencies": list(dependencies), "fixes": []}), 0))


DJANGO = {"name": "django", "version": "5.2.19", "vulns": []}
YAML = {"name": "ruamel.yaml", "version": "0.19.1", "vulns": []}


def test_all_were_looked_up_and_none_is_weak(lock, monkeypatch, capsys):
    answer(DJANGO, YAML, monkeypatch=monkeypatch)
    assert audit.main() == 0 and "2 libraries looked up" in capsys.readouterr().out


def test_a_known_weakness_fails_and_says_what_mends_it(lock, monkeypatch, capsys):
    answer({**DJANGO, "vulns": [{"id": "CVE-1", "fix_versions": ["5.2.20"]}]}, YAML, monkeypatch=monkeypatch)
    assert audit.main() == 1 and "django 5.2.19: CVE-1, mended in 5.2.20" in capsys.readouterr().out


@pytest.mark.parametrize("second", [None, {"name": "ruamel.yaml", "skip_reason": "not on the service"}])
def test_a_library_that_was_left_out_fails(second, lock, monkeypatch, capsys):
    answer(DJANGO, *([second] if second else []), monkeypatch=monkeypatch)
    assert audit.main() == 2 and "NOT LOOKED UP: ruamel-yaml" in capsys.readouterr().out


def test_a_service_that_was_not_reached_fails(lock, monkeypatch, capsys):
    monkeypatch.setattr(audit, "ask", lambda lock: ("", 1))
    assert audit.main() == 2 and "COULD NOT BE ASKED" in capsys.readouterr().out
