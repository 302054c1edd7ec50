"""What is too costly to render: limits that hold whatever is typed, counted in work done and not in seconds.

Markdown's parser looks at a block once for each list or quote around it, and at the rest of a paragraph once for each "[".
Both grow with the square of the text. The meters here count as the parser goes, and stop it with `TooComplex`.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

LONGEST_PARAGRAPH = 20_000
DEEPEST_NESTING = 24  # states of the block parser; a list in a list takes one or two
VISITS_PER_CHARACTER = 40
VISITS_BEFORE_COUNTING = 40_000
BRACKET_WORK_PER_CHARACTER = 20
BRACKET_WORK_BEFORE_COUNTING = 400_000
CHARACTERS_PER_ELEMENT = 14
ELEMENTS_BEFORE_COUNTING = 700


class TooComplex(Exception):
    """The text cannot be shown as it stands; the message tells its writer what to change."""

    def __init__(self, message: str | Promise, **values: int) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return str(self.message) % self.values


def check_length(text: str, longest: int) -> None:
    """Refuse a source or a result of more than `longest` characters. Raises TooComplex."""
    if len(text) > longest:
        raise TooComplex(_("This text is too long: at most %(count)s characters can be shown."), count=longest)


def check_elements(root: Element, source_length: int, *, put_aside: int) -> None:
    """Refuse far more elements than a text of this length needs; `put_aside` are those not in the tree. Raises TooComplex."""
    allowed = ELEMENTS_BEFORE_COUNTING + source_length // CHARACTERS_PER_ELEMENT
    for count, _element in enumerate(root.iter(), start=put_aside):
        if count > allowed:
            raise TooComplex(_("There is too much formatting in this text. Please use less of it."))


class BlockMeter(BlockProcessor):
    """Takes part as the first of the block processors, matches nothing, and counts what the others are about to do."""

    def __init__(self, parser: BlockParser, source_length: int) -> None:
        super().__init__(parser)
        self.left = VISITS_BEFORE_COUNTING + VISITS_PER_CHARACTER * source_length

    def test(self, parent: Element, block: str) -> bool:
        self.left -= len(block)
        if len(self.parser.state) > DEEPEST_NESTING:
            raise TooComplex(_("Lists and quotes lie too deep inside each other. Please use fewer levels."))
        if self.left < 0:
            raise TooComplex(
                _("This text has too many lists, quotes or lines run together. Please leave empty lines between them.")
            )
        return False


class InlineMeter(Treeprocessor):
    """Runs just before the inline patterns: each "[" in a paragraph may cost a walk to the paragraph's end."""

    def __init__(self, source_length: int) -> None:
        super().__init__()
        self.left = BRACKET_WORK_BEFORE_COUNTING + BRACKET_WORK_PER_CHARACTER * source_length

    def run(self, root: Element) -> None:
        for element in root.iter():
            for text in (element.text, element.tail):
                if text and not isinstance(text, AtomicString):
                    self.count(text)

    def count(self, text: str) -> None:
        if len(text) > LONGEST_PARAGRAPH:
            raise TooComplex(_("A paragraph can have at most %(count)s characters."), count=LONGEST_PARAGRAPH)
        self.left -= text.count("[") * len(text)
        if self.left < 0:
            raise TooComplex(_("There are too many square brackets close together. Please remove some of them."))
