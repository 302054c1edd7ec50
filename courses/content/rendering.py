"""Markdown to safe HTML: the one place where words that people typed become markup.

Markdown first, then both sanitisers; the source is always kept, so that `manage.py rerender` can run everything again when the rules
change (then raise RULES_VERSION). Raw HTML is shown as the text it is. A `Markdown` and its sanitisers are made for each call,
because neither may be shared between threads.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from markdown import Markdown
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.nl2br import Nl2BrExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.inlinepatterns import IMAGE_LINK_RE, ImageInlineProcessor

from courses.content.charts import chart_html
from courses.content.complexity import BlockMeter, InlineMeter, TooComplex, check_length
from courses.content.glossary import FirstUses, Glossary
from courses.content.markdown_blocks import Charts, Fences, Figures, Headings, OwnNotes, Quotes, Tables
from courses.content.markdown_inline import BareAddresses, Citations, LastWalk
from courses.content.markers import charts_used, cited_ids, figures_used, image_targets, own_notes, step_links
from courses.content.parts import Body, ChartView, FigureView, Note, ReferenceView, Rendered
from courses.content.sanitising import (
    COMMENT,
    COMMENT_REL,
    LINE,
    OUTSIDE_ADDRESS,
    OUTSIDE_REL,
    STEP,
    TEXT,
    Profile,
    sanitise,
)

__all__ = [
    "RULES_VERSION",
    "ChartView",
    "FigureView",
    "Glossary",
    "Note",
    "ReferenceView",
    "Rendered",
    "TooComplex",
    "charts_used",
    "cited_ids",
    "figures_used",
    "host_of",
    "image_targets",
    "own_notes",
    "render_comment",
    "render_line",
    "render_step_body",
    "render_text",
    "step_links",
]

RULES_VERSION = 4

# Control characters, of which two are Markdown's own place holders, and halves of surrogate pairs, which cannot be stored.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.DOTALL)


def render_comment(source: str) -> str:
    """A learner's comment as safe HTML: emphasis, lists, quotes, code, links; lines break where they were broken.

    Raises TooComplex with words for the writer.
    """
    source = _clean_source(source, COMMENT)
    md = _markdown(source, Body(), outside_rel=COMMENT_REL, inside_rel=COMMENT_REL)
    Nl2BrExtension().extendMarkdown(md)
    return _render(md, source, COMMENT)


def render_text(source: str) -> str:
    """A course's description, or an answer in its FAQ, as safe HTML. Raises TooComplex."""
    source = _clean_source(source, TEXT)
    return _render(_markdown(source, Body(), outside_rel=OUTSIDE_REL), source, TEXT)


def render_step_body(
    source: str,
    *,
    figures: Mapping[str, FigureView],
    references: Mapping[str, ReferenceView],
    step_urls: Mapping[str, str],
    charts: Mapping[str, ChartView] | None = None,
    glossary: Glossary | None = None,
) -> Rendered:
    """The body of a step as safe HTML, with its notes in order: those cited first, then references that nothing cites.

    `figures`, `references`, `step_urls` and `charts` are by id; what is not in them is left out and its words stay. The first use of
    each term of the glossary becomes a link. Raises TooComplex.
    """
    source = _clean_source(source, STEP)
    body = Body(figures, references, step_urls, charts or {})
    md = _step_markdown(source, body)
    if glossary:
        md.treeprocessors.register(FirstUses(md, glossary), "first_uses", -20)
    markup = _render(md, source, STEP)
    markup = _with_charts(markup, body)
    for uid in (*references, *body.own_notes):
        body.number(uid)
    # Notes may cite too: first all are rendered, then all citations are known.
    notes = [_note_html(uid, body) for uid in body.cited]
    return Rendered(
        markup,
        [Note(body.number(uid), notes[body.number(uid) - 1], body.backlinks(uid)) for uid in body.cited],
        body.cited,
    )


def render_line(source: str, *, notes: Sequence[str], step_urls: Mapping[str, str]) -> str:
    """A text of a quiz as safe HTML that stands inside a line: emphasis, code, links, and the numbers of a step's notes.

    `notes` are the ids of the notes in the order of their numbers (see Rendered). Nothing leads back from a note to here, because a
    page does not always show the line. Raises TooComplex.
    """
    source = " ".join(_clean_source(source, LINE).split())
    cited = dict.fromkeys(notes, "")
    body = Body(step_urls=step_urls, own_notes=cited, cited=[*cited], times_cited=Counter(cited.keys()))
    md = _markdown(source, body, outside_rel=OUTSIDE_REL)
    for name in ("empty", "indent", "hashheader", "hr", "olist", "ulist", "quote"):
        md.parser.blockprocessors.deregister(name)
    md.preprocessors.deregister("fences")
    md.inlinePatterns.register(Citations(md, body), "citation", 165)
    return _render(md, source, LINE)


def _with_charts(markup: str, body: Body) -> str:
    """Each mark replaced by its chart, behind the sanitisers: its words are escaped by the template that makes it."""
    for placed in body.charts_placed:
        chart = chart_html(placed, body.references.get(placed.chart.source))
        markup = markup.replace(f"<p>{placed.mark}</p>", chart)
    return markup


def _note_html(uid: str, body: Body) -> str:
    if reference := body.references.get(uid):
        return sanitise(_reference_html(reference), STEP)
    source = body.own_notes[uid]
    markup = _with_charts(_render(_step_markdown(source, body), source, STEP), body)
    paragraph = _ONE_PARAGRAPH.fullmatch(markup)
    return paragraph[1] if paragraph else markup


def _reference_html(reference: ReferenceView) -> str:
    words = f"{html.escape(reference.source)} ({reference.year})."
    host = host_of(reference.url)
    if not host:
        return words
    return f'{words} <a href="{html.escape(reference.url)}" rel="{OUTSIDE_REL}">{html.escape(host)}</a>'


def host_of(address: str) -> str:
    """The name of the site at a web address, as people say it; "" if it is no such address."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.") if OUTSIDE_ADDRESS.fullmatch(address) else ""
    except ValueError:
        return ""


def _clean_source(source: str, profile: Profile) -> str:
    check_length(source, profile.longest_source)
    return _UNSTORABLE.sub("", source)


def _render(md: Markdown, source: str, profile: Profile) -> str:
    try:
        markup = md.convert(source)
        check_length(markup, profile.longest_result)
        return sanitise(markup, profile)
    except RecursionError as error:
        raise TooComplex(_("There is too much inside each other in this text. Please make it plainer.")) from error


def _markdown(source: str, body: Body, *, outside_rel: str, inside_rel: str = "") -> Markdown:
    """The Markdown that all kinds of text share: no HTML, no pictures, no links by reference, and the meters."""
    md = Markdown(extensions=[SaneListExtension()], output_format="html")
    md.preprocessors.deregister("html_block")
    md.preprocessors.register(Fences(md), "fences", 25)
    blocks, patterns = md.parser.blockprocessors, md.inlinePatterns
    for name in ("code", "setextheader", "reference"):
        blocks.deregister(name)
    for name in (
        *("html", "entity", "autolink", "automail", "image_link"),
        *("reference", "short_reference", "image_reference", "short_image_ref"),
    ):
        patterns.deregister(name)
    blocks.register(BlockMeter(md.parser, len(source)), "meter", 1000)
    blocks.register(Headings(md.parser, as_bold=True), "hashheader", 70)
    blocks.register(Quotes(md.parser), "quote", 20)
    patterns.register(BareAddresses(md), "address", 90)
    walk = LastWalk(md, body, source_length=len(source), outside_rel=outside_rel, inside_rel=inside_rel)
    md.treeprocessors.register(InlineMeter(len(source)), "meter", 30)
    md.treeprocessors.register(walk, "last_walk", -10)
    return md


def _step_markdown(source: str, body: Body) -> Markdown:
    """What step bodies have beside that: headings, tables, figures, marked quotes, terms, pictures, notes."""
    md = _markdown(source, body, outside_rel=OUTSIDE_REL)
    DefListExtension().extendMarkdown(md)
    md.ESCAPED_CHARS.append("|")
    md.preprocessors.register(OwnNotes(md, body), "own_notes", 24)
    blocks, patterns = md.parser.blockprocessors, md.inlinePatterns
    blocks.register(Headings(md.parser), "hashheader", 70)
    blocks.register(Quotes(md.parser, with_marks=True), "quote", 20)
    blocks.register(Tables(md.parser, body), "table", 75)
    blocks.register(Figures(md.parser, body), "figure", 65)
    blocks.register(Charts(md.parser, body), "chart", 64)
    patterns.register(Citations(md, body), "citation", 165)
    patterns.register(ImageInlineProcessor(IMAGE_LINK_RE, md), "image_link", 150)
    return md
