"""Markdown in blocks: code fences, headings, quotes, figures, tables, and notes of the author's own.

Each follows one rule that Python-Markdown's own does not have, and each is linear in its text. Indented text is never code: a
paragraph that somebody indented should look like a paragraph.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from django.utils.translation import gettext as _
from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor, BlockQuoteProcessor
from markdown.extensions.tables import TableProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import ETX, STX, AtomicString

from courses.content.parts import Body

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ ]*[\w#.+-]*[ ]*")
HEADING = re.compile(r"^ {0,3}(#{1,6}) +(\S.*)$", re.MULTILINE)
FIGURE_LINE = re.compile(r"^ *!\[[^\[\]\n]*\]\(figure:([\w-]+)\) *$", re.MULTILINE)
CHART_LINE = re.compile(r"^ *!\[[^\[\]\n]*\]\(chart:([\w-]+)\) *$", re.MULTILINE)
OWN_NOTE = re.compile(r" {0,3}\[\^([\w-]{1,80})\]:[ \t]*(.*)")
MARKED_QUOTE = re.compile(r"\[!(pull|note|care|figures)\] *(.*)")
FIGURES_ITEM = re.compile(r"[-*+] +(.*)")
NO_PLACE_HOLDERS = str.maketrans("", "", STX + ETX)  # which the source cannot hold, but a figure's words could
CAPTION_START = "Table:"
LONG_DESCRIPTION = (
    240  # characters: a longer one stands below its picture for everyone, and its beginning in place of the picture
)
SENTENCE = re.compile(r".{40,}?[.!?…](?= |$)")
MOST_COLUMNS = 20


def fenced_ranges(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Where code fences lie: (index of the opening line, index behind the closing one). An open fence runs to the end."""
    opened_at, fence = -1, ""
    for index, line in enumerate(lines):
        if opened_at < 0:
            if match := FENCE.fullmatch(line):
                opened_at, fence = index, match[1]
        elif (closing := line.strip()).startswith(fence) and not closing.strip(fence[0]):
            yield opened_at, index + 1
            opened_at = -1
    if opened_at >= 0:
        yield opened_at, len(lines) + 1


class Fences(Preprocessor):
    """Puts fenced code aside before anything else reads it."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.stash = md.htmlStash

    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        read_to = 0
        for start, end in fenced_ranges(lines):
            code = html.escape("\n".join(lines[start + 1 : end - 1]))
            result += [*lines[read_to:start], "", self.stash.store(f"<pre><code>{code}\n</code></pre>"), "", ""]
            read_to = end
        return result + lines[read_to:]


class OwnNotes(Preprocessor):
    """Takes "[^a]: The note." and the lines up to the next empty one out of the text, into `body.own_notes`."""

    def __init__(self, md: Markdown, body: Body) -> None:
        super().__init__(md)
        self.body = body

    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        uid = ""
        for line in lines:
            if match := OWN_NOTE.fullmatch(line):
                uid = match[1] if match[1] not in self.body.own_notes else ""
                if uid:
                    self.body.own_notes[uid] = match[2]
            elif uid and line.strip():
                self.body.own_notes[uid] += f"\n{line}"
            else:
                uid = ""
                result.append(line)
        return result


class Headings(BlockProcessor):
    """ "## Title": the marks need a space behind them, so that "#hashtag" is a word. Without a level, a bold paragraph."""

    def __init__(self, parser: BlockParser, *, as_bold: bool = False) -> None:
        super().__init__(parser)
        self.as_bold = as_bold

    def test(self, parent: Element, block: str) -> bool:
        return HEADING.search(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        match = _split_at(HEADING, self.parser, parent, blocks)
        level = min(max(len(match[1]), 2), 4)
        place = SubElement(SubElement(parent, "p"), "strong") if self.as_bold else SubElement(parent, f"h{level}")
        title = match[2].rstrip()
        if (without_marks := title.rstrip("#")).endswith(" "):
            title = without_marks.rstrip()
        place.text = title


class Figures(BlockProcessor):
    """ "![](figure:id)" alone on its line; a figure that is not there leaves nothing."""

    def __init__(self, parser: BlockParser, body: Body) -> None:
        super().__init__(parser)
        self.body = body

    def test(self, parent: Element, block: str) -> bool:
        return FIGURE_LINE.search(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        match = _split_at(FIGURE_LINE, self.parser, parent, blocks)
        view = self.body.figures.get(match[1])
        if view is None:
            return
        self.body.count_figure()
        figure = SubElement(parent, "figure", {"class": "wide"})
        alt, text, credit = (words.translate(NO_PLACE_HOLDERS) for words in (view.alt, view.caption, view.credit))
        is_long = len(alt) > LONG_DESCRIPTION
        picture = SubElement(
            figure, "img", {"src": view.url, "alt": _beginning(alt) if is_long else alt, "loading": "lazy"}
        )
        if view.width and view.height:
            picture.set("width", str(view.width))
            picture.set("height", str(view.height))
        if text or credit or is_long:
            caption = SubElement(figure, "figcaption")
            caption.text = AtomicString(f"{text} " if text and credit else text)
            if credit:
                SubElement(caption, "span", {"class": "credit"}).text = AtomicString(credit)
            if is_long:
                fold = SubElement(caption, "details", {"class": "fold fold--plain"})
                SubElement(fold, "summary").text = _("The picture in words")
                SubElement(fold, "p").text = AtomicString(alt)


def _beginning(description: str) -> str:
    """What a picture shows, in a sentence or two; the whole of it is said below."""
    sentence = SENTENCE.match(description)
    return _("%(sentence)s All of it is said in words below.") % {"sentence": sentence[0]} if sentence else description


class Charts(BlockProcessor):
    """ "![](chart:id)" alone on its line; the last walk puts a mark in its place, a chart that is not there leaves nothing."""

    def __init__(self, parser: BlockParser, body: Body) -> None:
        super().__init__(parser)
        self.body = body

    def test(self, parent: Element, block: str) -> bool:
        return CHART_LINE.search(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        uid = _split_at(CHART_LINE, self.parser, parent, blocks)[1]
        if uid in self.body.charts:
            SubElement(parent, "p", {"chart": uid})


class Quotes(BlockQuoteProcessor):
    """A quote ends with its last ">" line, so that an answer on the next line is an answer. In step bodies it may carry a mark."""

    def __init__(self, parser: BlockParser, *, with_marks: bool = False) -> None:
        super().__init__(parser)
        self.with_marks = with_marks

    def test(self, parent: Element, block: str) -> bool:
        return self.RE.search(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        lines = blocks.pop(0).split("\n")
        is_quoted = [self.RE.match(line) is not None for line in lines]
        start = is_quoted.index(True)
        end = is_quoted.index(False, start) if False in is_quoted[start:] else len(lines)
        if end < len(lines):
            blocks.insert(0, "\n".join(lines[end:]))
        if start:
            self.parser.parseBlocks(parent, ["\n".join(lines[:start])])
        quoted = [self.clean(line) for line in lines[start:end]]
        mark = MARKED_QUOTE.fullmatch(quoted[0].strip()) if self.with_marks else None
        if mark is None:
            self.parse_into(SubElement(parent, "blockquote"), quoted)
        elif mark[1] == "figures":
            build_key_figures(parent, [mark[2], *quoted[1:]])
        elif mark[1] == "pull":
            self.parse_into(SubElement(parent, "blockquote", {"class": "pull"}), [mark[2], *quoted[1:]])
        else:
            look = "notice notice--care" if mark[1] == "care" else "notice"
            note = SubElement(parent, "div", {"class": look, "role": "note"})
            self.parse_into(SubElement(note, "div"), [mark[2], *quoted[1:]])

    def parse_into(self, element: Element, lines: list[str]) -> None:
        self.parser.state.set("blockquote")
        self.parser.parseChunk(element, "\n".join(lines).lstrip("\n"))
        self.parser.state.reset()


def build_key_figures(parent: Element, lines: list[str]) -> None:
    """Items "- 93 | countries" as a list of terms and values; whatever else is said becomes the source line under it."""
    figures = SubElement(parent, "dl", {"class": "figures wide"})
    source = []
    for line in lines:
        if item := FIGURES_ITEM.fullmatch(line.strip()):
            value, _bar, term = item[1].partition("|")
            pair = SubElement(figures, "div")
            SubElement(pair, "dt").text = term.strip()
            SubElement(pair, "dd").text = value.strip()
        elif line.strip():
            source.append(line.strip())
    if not len(figures):
        parent.remove(figures)
    if source:
        SubElement(parent, "p", {"class": "source"}).text = "\n".join(source)


class Tables(TableProcessor):
    """A table in a frame that scrolls by itself; a paragraph "Table: …" just before it is its caption."""

    def __init__(self, parser: BlockParser, body: Body) -> None:
        super().__init__(parser, {"use_align_attribute": True})
        self.body = body

    def test(self, parent: Element, block: str) -> bool:
        widest = max(line.count("|") for line in block.split("\n"))
        return 0 < widest <= MOST_COLUMNS + 1 and super().test(parent, block)

    def run(self, parent: Element, blocks: list[str]) -> None:
        self.body.count_cells(len(self.separator) * (blocks[0].count("\n") + 1))
        before = self.lastChild(parent)
        frame = Element("section", {"class": "table-scroll wide", "tabindex": "0"})
        super().run(frame, blocks)
        table = frame[0]
        if before is not None and before.tag == "p" and (before.text or "").startswith(CAPTION_START):
            parent.remove(before)
            caption = Element("caption", {"id": self.body.next_caption()})
            caption.text = (before.text or "").removeprefix(CAPTION_START).strip()
            table.insert(0, caption)
            frame.set("aria-labelledby", caption.get("id", ""))
        else:
            frame.set("aria-label", "Table")
        parent.append(frame)
        _mark_header_cells(table)


def _mark_header_cells(table: Element) -> None:
    for cell in table.iter("th"):
        cell.set("scope", "col")
        if not cell.text:
            cell.tag = "td"
    for row in table.findall("tbody/tr"):
        if row[0].text:
            row[0].tag = "th"
            row[0].set("scope", "row")
    for cell in (*table.iter("th"), *table.iter("td")):
        cell.attrib.pop("align", None)
        if cell.tag == "td":
            cell.attrib.pop("scope", None)


def _split_at(pattern: re.Pattern[str], parser: BlockParser, parent: Element, blocks: list[str]) -> re.Match[str]:
    """Take the first block apart at the line that matches: parse what stands before it, leave what follows for later."""
    block = blocks.pop(0)
    match = pattern.search(block)
    if match is None:
        raise ValueError("the block was tested before")
    if after := block[match.end() :].strip("\n"):
        blocks.insert(0, after)
    if before := block[: match.start()].strip("\n"):
        parser.parseBlocks(parent, [before])
    return match
