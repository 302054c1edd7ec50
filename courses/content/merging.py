"""Files and database are both edited; this tells, field by field, whose value holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Fields = dict[str, Any]  # plain JSON values, so that they can be remembered and compared
Side = Literal["files", "admin"]

_MISSING = object()


@dataclass(frozen=True)
class Merged:
    """What to write, what to leave to a person, and what to remember for the next time."""

    take: Fields
    conflicts: list[str]
    loaded: Fields


@dataclass(frozen=True)
class Choices:
    """Whose words hold where both sides were edited: by the id of a step (or of another thing), else for all, else nobody's yet."""

    for_all: Side | None = None
    by_uid: Mapping[str, Side] = field(default_factory=dict)

    def of(self, uid: str) -> Side | None:
        return self.by_uid.get(uid, self.for_all)


def merge(
    *,
    files: Mapping[str, Any],
    loaded: Mapping[str, Any],
    database: Mapping[str, Any],
    choice: Side | None = None,
) -> Merged:
    """Compare what the files say now with what they said when they were last loaded and with what the database says.

    Changed only in the files: taken. Changed only in the database: kept. Changed in both to the same: remembered. Changed in both to
    different values: a conflict, and the database stays as it is, unless a person made a `choice`: then that side's value holds.
    Fields the files do not mention are remembered as they were. A field that files did not have yet when they were last loaded is
    nobody's edit while the database has nothing in it.
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
        if now == before or (now != value and choice == "files"):
            take[name] = value
        elif now != value and choice != "admin":
            conflicts.append(name)
            continue
        remembered[name] = value
    return Merged(take, conflicts, remembered)
