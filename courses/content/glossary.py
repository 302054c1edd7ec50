"""A course's glossary in its texts: the first use of each term in a step becomes a link to what it means.

A term is found by its forms: what stands before brackets at its end ("Opioid agonist therapy (OAT)"), and what the glossary lists as
`also`. Forms in capitals (OAT) are found as they are written, all others in upper and lower case; but "Harm Reduction International"
is a name and no use of "harm reduction".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

_BRACKETS = re.compile(r"\s*\([^()]*\)$")
# Where no term is linked: links, titles, code, the numbers of notes, pictures, and what repeats or counts words of the text.
_LEFT_ALONE = {"a", "h2", "h3", "h4", "code", "pre", "sup", "figure", "caption", "dt"}
_LEFT_ALONE_BY_CLASS = {"figures wide", "pull", "source"}


def forms_of(term: str, also: Iterable[str]) -> list[str]:
    """All forms in which a term is found in a text."""
    return [_BRACKETS.sub("", term) or term, *also]


def key_of(form: str) -> str:
    """What two forms have in common that cannot be told apart in a text."""
    form = " ".join(form.split())
    return form if form.isupper() else form.casefold()


@dataclass(frozen=True)
class Glossary:
    """Which term each form belongs to (by id), and the address of the page with their meanings."""

    address: str
    forms: Mapping[str, str]

    @classmethod
    def of(cls, entries: Iterable[Mapping[str, Any]], address: str) -> Glossary:
        return cls(address, {form: entry["id"] for entry in entries for form in forms_of(entry["term"], entry["also"])})

    def uses(self, text: str) -> Iterator[tuple[str, int, int]]:
        """The terms in a text: the id of each, where it starts and where it ends. Of two forms the longer one counts."""
        for match in self._pattern.finditer(text) if self.forms else ():
            words = " ".join(match[0].split())
            is_name = " " in words and words.istitle() and words not in self.forms
            if not is_name:
                yield self.forms[self._in_order[(match.lastindex or 0) - 1]], match.start(), match.end()

    @cached_property
    def _in_order(self) -> list[str]:
        """The forms as they are looked for: longer ones first, and capitals before what is found in both."""
        return sorted(self.forms, key=lambda form: (-len(form), not form.isupper()))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """A group for each form, which tells the term: in some alphabets a word in other letters has another `key_of`."""
        words = [(form, r"\s+".join(re.escape(word) for word in form.split())) for form in self._in_order]
        forms = "|".join(f"({word})" if form.isupper() else f"((?i:{word}))" for form, word in words)
        return re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])")


class FirstUses(Treeprocessor):
    """Links the first use of each term, outside what is a link or a title already. Runs when all else is done."""

    def __init__(self, md: Markdown, glossary: Glossary) -> None:
        super().__init__(md)
        self.glossary = glossary
        self.linked: set[str] = set()

    def run(self, root: Element) -> None:
        if root.tag in _LEFT_ALONE or root.get("class") in _LEFT_ALONE_BY_CLASS:
            return
        root.text, children = self.split(root.text)
        for child in root:
            self.run(child)
            child.tail, links = self.split(child.tail)
            children += [child, *links]
        root[:] = children

    def split(self, text: str | None) -> tuple[str | None, list[Element]]:
        """The words up to the first term that is not linked yet, and the links, each with the words behind it."""
        if not text:
            return text, []
        pieces: list[str] = []
        links: list[Element] = []
        read_to = 0
        for uid, start, end in self.glossary.uses(text):
            if uid in self.linked:
                continue
            self.linked.add(uid)
            link = Element("a", {"class": "term", "href": f"{self.glossary.address}#g-{uid}"})
            link.text = text[start:end]
            links.append(link)
            pieces.append(text[read_to:start])
            read_to = end
        pieces.append(text[read_to:])
        for link, piece in zip(links, pieces[1:], strict=True):
            link.tail = piece
        return pieces[0], links
