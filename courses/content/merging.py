"""Files and database are both edited; this tells, field by field, whose value holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Fields = dict[str, Any]  # plain JSON values, so that they can be remembered and compared

_MISSING = object()


@dataclass(frozen=True)
class Merged:
    """What to write, what to leave to a person, and what to remember for the next time."""

    take: Fields
    conflicts: list[str]
    loaded: Fields


def merge(*, files: Mapping[str, Any], loaded: Mapping[str, Any], database: Mapping[str, Any]) -> Merged:
    """Compare what the files say now with what they said when they were last loaded and with what the database says.

    Changed only in the files: taken. Changed only in the database: kept. Changed in both to the same: remembered. Changed in both to
    different values: a conflict, and the database stays as it is. Fields the files do not mention are remembered as they were.
    A field that files did not have yet when they were last loaded is nobody's edit while the database has nothing in it.
    """
    take: Fields = {}
    conflicts: list[str] = []
    remembered = dict(loaded)
    for name, value in files.items():
        before = loaded.get(name, _MISSING)
        now = database.get(name, _MISSING)
        if before is _MISSING and loaded and not now:
            before = remembered[name] = now
        if value == before:
            continue
        if now == before:
            take[name] = value
        elif now != value:
            conflicts.append(name)
            continue
        remembered[name] = value
    return Merged(take, conflicts, remembered)
