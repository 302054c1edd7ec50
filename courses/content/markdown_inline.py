"""Markdown within a line: addresses and citations; and the last walk over the tree, which numbers and checks in reading order."""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element, SubElement

from django.utils.text import slugify
from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from courses.content.complexity import check_elements
from courses.content.parts import Body
from courses.content.sanitising import ADDRESS, OUTSIDE_ADDRESS, PICTURE_ADDRESS

CITATION = r"\[\^([\w-]{1,80})\]"
BARE_ADDRESS = rf"<(https?://[^\s<>{STX}{ETX}]+)>|(?<![@.\w/])https?://[^\s<>\"'`\[\]{{}}|\\^{STX}{ETX}]+"
LONGEST_BARE_ADDRESS = 500
LONGEST_ANCHOR = 80
STEP_SCHEME = "step:"
GONE = "gone"  # a tag that no profile allows: the sanitisers drop it and keep the words in it


class BareAddresses(InlineProcessor):
    """https://example.org and <https://example.org> become links, without the full stop that ends the sentence."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, md: Markdown) -> None:
        super().__init__(f"(?i:{BARE_ADDRESS})", md)

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        if len(m[0]) > LONGEST_BARE_ADDRESS:
            return None, m.start(), m.end()
        address = m[1] or without_final_punctuation(m[0])
        if not OUTSIDE_ADDRESS.fullmatch(address):
            return None, m.start(), m.end()
        link = Element("a", {"href": address})
        link.text = AtomicString(address)
        return link, m.start(), m.end() if m[1] else m.start() + len(address)


def without_final_punctuation(address: str) -> str:
    """An address as it stands in a sentence: a closing bracket belongs to it only if it was opened in it."""
    while (shorter := address.rstrip(".,;:!?*_~")) != address or (
        address.endswith(")") and address.count("(") < address.count(")")
    ):
        address = shorter if shorter != address else address[:-1]
    return address


class Citations(InlineProcessor):
    """[^id], where a note of that id is known; the last walk gives it its number."""

    def __init__(self, md: Markdown, body: Body) -> None:
        super().__init__(CITATION, md)
        self.body = body

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        if not self.body.knows_note(m[1]):
            return None, None, None
        return Element("sup", {"cites": m[1]}), m.start(), m.end()


class LastWalk(Treeprocessor):
    """Decides on every link and picture, gives headings their ids and citations their numbers."""

    def __init__(self, md: Markdown, body: Body, *, source_length: int, outside_rel: str, inside_rel: str = "") -> None:
        super().__init__(md)
        self.body = body
        self.stash = md.htmlStash
        self.source_length = source_length
        self.outside_rel = outside_rel
        self.inside_rel = inside_rel

    def run(self, root: Element) -> None:
        check_elements(root, self.source_length, put_aside=2 * self.stash.html_counter)  # <pre><code>
        for element in list(root.iter()):
            if element.tag == "a":
                self.settle_link(element)
            elif element.tag == "img":
                settle_picture(element)
            elif element.tag == "sup":
                self.settle_citation(element)
            elif "chart" in element.attrib:
                element.text = AtomicString(self.body.place_chart(element.attrib.pop("chart")))
            elif element.tag in ("h2", "h3", "h4"):
                element.set("id", self.body.anchor(anchor_slug(element)))

    def settle_link(self, link: Element) -> None:
        target = link.attrib.pop("href", "").strip()
        link.attrib.clear()
        if target.startswith(STEP_SCHEME):
            target = self.body.step_urls.get(target.removeprefix(STEP_SCHEME), "")
        if not (ADDRESS.fullmatch(target) and ADDRESS.fullmatch(html.unescape(target))):
            link.tag = GONE
            return
        link.set("href", target)
        rel = self.outside_rel if OUTSIDE_ADDRESS.fullmatch(target) else self.inside_rel
        if rel:
            link.set("rel", rel)

    def settle_citation(self, sup: Element) -> None:
        number, place = self.body.cite(sup.attrib.pop("cites", ""))
        link = {"href": f"#fn-{number}", "id": place, "aria-label": f"Note {number}"}
        SubElement(sup, "a", link).text = str(number)


def settle_picture(picture: Element) -> None:
    if PICTURE_ADDRESS.fullmatch(html.unescape(picture.get("src", ""))):
        picture.attrib.pop("title", None)
        picture.set("loading", "lazy")
    else:
        picture.tag = GONE


def anchor_slug(heading: Element) -> str:
    """The id of a heading: its words, in any alphabet, without the numbers of notes."""
    words = slugify("".join(_words(heading)), allow_unicode=True)[:LONGEST_ANCHOR].strip("-_")
    return f"s-{words or 'section'}"


def _words(element: Element) -> list[str]:
    words = [element.text or ""]
    for child in element:
        if child.tag != "sup":
            words += _words(child)
        words.append(child.tail or "")
    return words
