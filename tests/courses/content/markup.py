"""Reads rendered HTML back, so that tests can say what stands in it."""

from __future__ import annotations

from html.parser import HTMLParser

from courses.content.sanitising import Profile


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [(name, value or "") for name, value in attrs]))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", []))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("declaration", []))

    handle_pi = unknown_decl = handle_decl


def elements(markup: str) -> list[tuple[str, list[tuple[str, str]]]]:
    parser = _Elements()
    parser.feed(markup)
    parser.close()
    return parser.found


def forbidden(markup: str, profile: Profile) -> list[str]:
    """What stands in this HTML that the profile does not name."""
    found = []
    for tag, attributes in elements(markup):
        if tag not in profile.tags:
            found.append(tag)
        found += [f"{tag} {name}={value}" for name, value in attributes if not profile.allows(tag, name, value)]
    return found
