"""No text may cost more than a quarter of a second of CPU, or grow beyond what its profile takes. Seconds are asserted here because
the requirement is a bound on them; `tests.costs` is fair to a busy machine."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.content import complexity, sanitising
from courses.content.rendering import (
    FigureView,
    ReferenceView,
    TooComplex,
    render_comment,
    render_step_body,
    render_text,
)
from tests.costs import within
from tests.courses.content.markup import forbidden

MOST_CPU_SECONDS = 0.25
# Comments longer than 5,000 characters are refused; a text is made as a comment is, and may be longer.
SIZES = {"comment": (2_000, 5_000), "text": (10_000,), "step": (2_000, 5_000, 10_000)}

FIGURES = {"f": FigureView("f", "/media/f.svg", "a" * 1000, "c" * 500, "d" * 300, 1200, 640)}
REFERENCES = {uid: ReferenceView(uid, "s" * 500, 2024, "https://example.org/" + "x" * 500, "") for uid in ("a", "b")}


def step_html(source: str) -> str:
    rendered = render_step_body(source, figures=FIGURES, references=REFERENCES, step_urls={"a": "/courses/c/steps/a/"})
    return rendered.html + "".join(note.html for note in rendered.notes)


RENDERERS: dict[str, tuple[Callable[[str], str], sanitising.Profile]] = {
    "comment": (render_comment, sanitising.COMMENT),
    "text": (render_text, sanitising.TEXT),
    "step": (step_html, sanitising.STEP),
}


def repeated(seed: str) -> Callable[[int], str]:
    return lambda size: (seed * (size // len(seed) + 1))[:size]


REPEATED = [
    *("[", "![", "[x ", "[x [x ", "[a](", "[](", "[a](<", "[a]('", "[*a", "[[a]](b)", "[a](https://example.org) ", "[^a] ", "[^"),
    *("1. ", "- ", "- > ", ">", "> ", "> a\n", "> a\nb\n", "> > - ", "- a\n", "- a\n\n", "* a\n\n    * b\n\n", "- a\n    "),
    *("*", "_", "*a ", "**a *b ", "*a _b ", "***a** b* ", "*_", "a*b", "_a_*b*", "`", "`a ", "``a` ", "\\", "\\*"),
    *("# a\n", "# a\n\n", "---\n", "a\n", "a\n\n", "a  \n", "a\n: b\n", ":   b\n\n", "```\n", "~~~a\n", "~~~a\n```\n"),
    *("&", "&#", "<", "<a ", "<b>*a*</b>", "<!--", "<https://", "https://a.b ", "https://", "[a]: b\n", "[^a]: x\n\n"),
    *("|", "|a|b|\n", "a|b\n-|-\n", "|`a`", "![](figure:f)\n", "![a](/media/a.png) ", "[a](step:a) ", "> [!note]\n\n"),
]  # fmt: skip
GROWN: dict[str, Callable[[int], str]] = {
    "mail address that never ends": lambda size: '"' + "a" * (size - 1),
    "emphasis in emphasis": lambda size: "*a **b " * (size // 14) + "c** d* " * (size // 14),
    "emphasis opened, then closed": lambda size: "*_" * (size // 4) + "a" + "_*" * (size // 4),
    "backticks of every length": lambda size: " ".join("`" * n for n in range(1, 200))[:size],
    "fences of every length": lambda size: "\n".join("~" * n for n in range(200, 3, -1))[:size],
    "lists indented ever deeper": lambda size: "".join(" " * 4 * n + "- a\n" for n in range(100))[:size],
    "quotes ever deeper": lambda size: "".join(">" * n + " a\n" for n in range(200))[:size],
    "brackets opened, then closed": lambda size: "[" * (size // 2) + "]" * (size // 2),
    "an address of brackets": lambda size: "https://example.org/" + ")" * (size - 20),
    "one long reference, often used": lambda size: "[a]: https://" + "x" * (size // 2) + "\n\n" + "[a] " * (size // 9),
    "a table wider than long": lambda size: "|" * (size // 3) + "\n" + "|-" * (size // 6) + "\n" + "a\n" * (size // 6),
    "a table longer than wide": lambda size: "|a" * 20 + "|\n" + "|-" * 20 + "|\n" + "|\n" * (size // 2 - 45),
    "many small tables": lambda size: ("|a" * 20 + "|\n" + "|-" * 20 + "|\n" + "|\n" * 100 + "\n") * (size // 290),
    "many notes": lambda size: "".join(f"[^{n}]" for n in range(110)) + "".join(f"\n\n[^{n}]: *x*" for n in range(110)),
}  # fmt: skip
SOURCES = {**{repr(seed): repeated(seed) for seed in REPEATED}, **GROWN}


def rendered_or_refused(render: Callable[[str], str], source: str) -> str:
    """The HTML; or nothing, if the text was refused with words for its writer."""
    try:
        return render(source)
    except TooComplex as error:
        return "" if str(error) else "a refusal without words"


def rendered_in_time(render: Callable[[str], str], source: str) -> str:
    """The HTML, if it costs no more than the bound."""
    return within(MOST_CPU_SECONDS, rendered_or_refused, render, source)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("kind", RENDERERS)
def test_no_crafted_text_is_costly_or_grows_too_large(kind: str, name: str) -> None:
    render, profile = RENDERERS[kind]
    for size in SIZES[kind]:
        html = rendered_in_time(render, SOURCES[name](size))
        assert len(html) <= profile.longest_result


def test_five_thousand_random_comments_are_cheap_small_and_safe() -> None:
    dice = random.Random(20260101)  # noqa: S311 — the same comments in every run
    parts = [
        *"[]()<>!*_`~#>-+1.:|\\&;\"'=^ \n\n\n\tax",
        *("    ", "\n\n", "](", "![", "[^", "]: ", "1. ", "- ", "> ", "**", "```\n", "|-|", "https://a.b/", "&#"),
    ]
    for number in range(5_000):
        length = 2_000 if number % 100 == 0 else int(dice.expovariate(1 / 35)) + 1
        source = "".join(dice.choices(parts, k=length))[:2_000]
        html = rendered_in_time(render_comment, source)
        assert len(html) <= sanitising.COMMENT.longest_result, source
        assert forbidden(html, sanitising.COMMENT) == [], source


MARKDOWN = st.lists(
    st.sampled_from(
        [*"[]()<>!*_`~#>-+1.:|\\&;\"'=^ \n\tax", "\n\n", "    ", "[^a]", "[^b]: ", "](step:a)", "](/media/a.png)"]
    )
    | st.sampled_from(
        ["![](figure:f)\n", "\n| a | b |\n|---|---|\n", "> [!note]\n", "> [!figures] ", "Table: ", "```\n"]
    )
    | st.text(max_size=5),
    max_size=120,
).map("".join)


@settings(max_examples=100)
@given(MARKDOWN)
def test_any_text_renders_to_what_its_profile_names_or_is_refused(source: str) -> None:
    for render, profile in RENDERERS.values():
        assert forbidden(rendered_or_refused(render, source), profile) == []


@settings(max_examples=100)
@given(MARKDOWN)
def test_what_came_through_the_gates_goes_through_them_again_unchanged(source: str) -> None:
    for render, profile in RENDERERS.values():
        html = rendered_or_refused(render, source)
        assert sanitising.clean_with_nh3(html, profile) == html


def test_a_text_too_deep_for_the_parser_is_refused_and_no_error_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complexity, "DEEPEST_NESTING", 1_000_000)
    monkeypatch.setattr(complexity, "VISITS_PER_CHARACTER", 1_000_000)
    with pytest.raises(TooComplex, match="too much inside each other"):
        render_comment("1. " * 1_600)


def test_the_largest_body_that_is_taken_is_rendered() -> None:
    paragraph = "Words about *surroundings*, with [a link](https://example.org/) and a claim.[^a] " * 8 + "\n\n"
    source = (paragraph * 400)[:200_000]
    assert step_html(source).startswith("<p>Words about <em>")
