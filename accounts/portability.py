"""What a person can take along: each app gives parts, the house makes one archive of them (harmreduction.my_data)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Part:
    """One subject of a person's data: `name`.json and `name`.md in the archive.

    `about` explains the file; each row maps words a person understands to text, numbers, dates, booleans, or lists of them. `models`
    are the labels ("app.Model") whose rows about the person are told here; a test holds that none is left out.
    """

    name: str
    title: str
    about: str
    models: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]

    def as_json(self) -> list[dict[str, Any]]:
        """The rows with dates written as ISO 8601."""
        return [{key: _plain(value) for key, value in row.items()} for row in self.rows]

    def as_markdown(self) -> str:
        """The rows to be read: a heading, what the file is, and one list for each row. Long texts stand as paragraphs."""
        lines = [f"# {self.title}", "", self.about, ""]
        for number, row in enumerate(self.rows, 1):
            lines.append(f"## {number}")
            lines.append("")
            for key, value in row.items():
                if isinstance(value, str) and ("\n" in value or len(value) > 80):
                    lines += ["", f"{key}:", "", *(f"> {line}".rstrip() for line in value.splitlines()), ""]
                elif value not in (None, "", []):
                    lines.append(f"- {key}: {_words(value)}")
            lines.append("")
        return "\n".join(lines)


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool, list, dict, type(None))) else str(value)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
