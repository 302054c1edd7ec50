"""Markdown to safe HTML: what each kind of text becomes, and what never comes out."""

from __future__ import annotations

import re

import pytest

from courses.content import sanitising
from courses.content.rendering import (
    FigureView,
    ReferenceView,
    Rendered,
    TooComplex,
    cited_ids,
    figures_used,
    image_targets,
    render_comment,
    render_step_body,
    render_text,
    step_links,
)
from tests.courses.content.markup import elements, forbidden

VAN = FigureView("van", "/media/van.svg", 'A van, "open"', "An evening service.", "The course team", 1200, 640)
BARE_VAN = FigureView("bare", "/media/bare.png", "A van", "", "", 0, 0)
WHO = ReferenceView("who-2014", "WHO, Management <of> overdose & care", 2014, "https://www.who.int/a?b=1&c=2", "x")
HRI = ReferenceView("hri-2024", "Harm Reduction International", 2024, "", "y")


def body(source: str, *references: ReferenceView) -> Rendered:
    return render_step_body(
        source,
        figures={VAN.uid: VAN, BARE_VAN.uid: BARE_VAN},
        references={reference.uid: reference for reference in references},
        step_urls={"the-package": "/courses/dhr/steps/package/"},
    )


def one_line(markup: str) -> str:
    return markup.replace("\n", "")


# Step bodies


def test_headings_of_a_body_start_below_the_title_of_the_page() -> None:
    html = body("# One\n\n## Two\n\n### Three\n\n###### Six").html
    assert one_line(html) == (
        '<h2 id="s-one">One</h2><h2 id="s-two">Two</h2><h3 id="s-three">Three</h3><h4 id="s-six">Six</h4>'
    )


def test_headings_with_the_same_words_get_different_ids() -> None:
    html = body("## Why\n\n## Why\n\n## Why 2\n\n## Why").html
    ids = [value for _, attributes in elements(html) for name, value in attributes if name == "id"]
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.parametrize(
    ("title", "anchor"),
    [("Réduire les risques", "s-réduire-les-risques"), ("Снижение вреда", "s-снижение-вреда"), ("???", "s-section")],
)
def test_the_id_of_a_heading_keeps_its_alphabet(title: str, anchor: str) -> None:
    assert f'id="{anchor}"' in body(f"## {title}").html


def test_a_heading_needs_a_space_so_that_a_hashtag_is_a_word() -> None:
    assert body("#naloxone saves lives").html == "<p>#naloxone saves lives</p>"


def test_a_table_scrolls_by_itself_and_has_headers_for_rows_and_columns() -> None:
    html = one_line(body("| Kind | Close by |\n| :--- | ---: |\n| Physical | The light |").html)
    assert html == (
        '<section aria-label="Table" class="table-scroll wide" tabindex="0"><table>'
        '<thead><tr><th scope="col">Kind</th><th scope="col">Close by</th></tr></thead>'
        '<tbody><tr><th scope="row">Physical</th><td>The light</td></tr></tbody></table></section>'
    )


def test_the_paragraph_before_a_table_that_says_so_is_its_caption() -> None:
    html = one_line(body("Table: Two *kinds*\n\n| A | B |\n|---|---|\n| c | d |").html)
    assert 'aria-labelledby="tcap-1"' in html
    assert '<table><caption id="tcap-1">Two <em>kinds</em></caption><thead>' in html
    assert "aria-label=" not in html
    assert "Table:" not in html


def test_each_caption_has_its_own_id() -> None:
    table = "Table: T\n\n| A | B |\n|---|---|\n| c | d |\n\n"
    html = body(table * 2).html
    assert 'id="tcap-1"' in html
    assert 'id="tcap-2"' in html


def test_a_paragraph_elsewhere_that_begins_with_table_stays_a_paragraph() -> None:
    assert body("Table: of contents\n\nSome words.").html.startswith("<p>Table: of contents</p>")


def test_empty_corners_of_a_table_are_no_headers() -> None:
    html = body("| | A |\n|---|---|\n| b | c |").html
    assert "<td></td>" in html
    assert "<th></th>" not in html
    assert html.count('scope="col"') == 1


def test_citations_are_numbered_in_reading_order_and_linked_both_ways() -> None:
    rendered = body("- In a list.[^hri-2024]\n\nThen.[^who-2014] Again.[^hri-2024]", WHO, HRI)
    assert 'list.<sup><a aria-label="Note 1" href="#fn-1" id="ref-1">1</a></sup>' in rendered.html
    assert 'Then.<sup><a aria-label="Note 2" href="#fn-2" id="ref-2">2</a></sup>' in rendered.html
    assert 'Again.<sup><a aria-label="Note 1" href="#fn-1" id="ref-1-2">1</a></sup>' in rendered.html
    assert [(note.number, note.backlinks) for note in rendered.notes] == [
        (1, ["#ref-1", "#ref-1-2"]),
        (2, ["#ref-2"]),
    ]
    assert rendered.notes[0].html == "Harm Reduction International (2024)."


def test_the_note_of_a_reference_names_source_year_and_where_to_find_it() -> None:
    (note,) = body("x[^who-2014]", WHO).notes
    assert note.html == (
        "WHO, Management &lt;of&gt; overdose &amp; care (2014). "
        '<a href="https://www.who.int/a?b=1&amp;c=2" rel="noopener noreferrer">who.int</a>'
    )


@pytest.mark.parametrize("address", ["", "javascript://www.who.int/%0aalert(1)", "//who.int", "https://[broken"])
def test_a_reference_without_a_web_address_has_no_link(address: str) -> None:
    (note,) = body("x[^r]", ReferenceView("r", "Somebody", 2020, address, "")).notes
    assert note.html == "Somebody (2020)."


def test_references_that_nothing_cites_come_last_and_lead_nowhere_back() -> None:
    rendered = body("Only one.[^hri-2024]", WHO, HRI)
    assert [(note.number, note.backlinks) for note in rendered.notes] == [(1, ["#ref-1"]), (2, [])]
    assert rendered.notes[1].html.startswith("WHO,")


def test_a_note_of_the_authors_own_may_be_formatted_and_cite() -> None:
    rendered = body("Words.[^a]\n\n[^a]: My *own* note,\n    continued.[^hri-2024]\n\nMore.", HRI)
    assert rendered.html == (
        '<p>Words.<sup><a aria-label="Note 1" href="#fn-1" id="ref-1">1</a></sup></p>\n<p>More.</p>'
    )
    own, cited = rendered.notes
    assert own.html.startswith("My <em>own</em> note,")
    assert 'href="#fn-2" id="ref-2"' in own.html
    assert cited.backlinks == ["#ref-2"]


def test_a_citation_of_nothing_known_is_left_as_it_was_typed() -> None:
    rendered = body("Words.[^nobody]")
    assert rendered == Rendered("<p>Words.[^nobody]</p>", [], [])


def test_code_cites_nothing() -> None:
    rendered = body("`[^hri-2024]`\n\n```\n[^hri-2024]\n[^b]: no note\n```", HRI)
    assert "<sup>" not in rendered.html
    assert [note.backlinks for note in rendered.notes] == [[]]


def test_a_figure_alone_on_its_line_has_size_words_caption_and_credit() -> None:
    html = one_line(body("Before.\n![](figure:van)\nAfter.").html)
    assert html == (
        '<p>Before.</p><figure class="wide"><img alt="A van, &quot;open&quot;" height="640" loading="lazy" '
        'src="/media/van.svg" width="1200"><figcaption>An evening service. <span class="credit">The course team</span>'
        "</figcaption></figure><p>After.</p>"
    )


def test_a_figure_without_caption_and_credit_has_no_empty_caption() -> None:
    html = one_line(body("![](figure:bare)").html)
    assert html == '<figure class="wide"><img alt="A van" loading="lazy" src="/media/bare.png"></figure>'


def test_a_long_description_stands_below_its_picture_for_everyone() -> None:
    alt = "A map. On it are a river, <a> bridge and 3.5 houses. " + "And more & more. " * 20
    figure = FigureView("map", "/media/map.svg", alt.strip(), "", "", 4, 3)
    html = one_line(render_step_body("![](figure:map)", figures={"map": figure}, references={}, step_urls={}).html)

    assert forbidden(html, sanitising.STEP) == []
    beginning = "A map. On it are a river, &lt;a&gt; bridge and 3.5 houses. All of it is said in words below."
    assert re.search(r'<img alt="([^"]*)"', html)[1].replace("<", "&lt;").replace(">", "&gt;") == beginning
    assert '<figcaption><details class="fold fold--plain"><summary>The picture in words</summary><p>A map. On' in html
    assert html.count("And more &amp; more.") == 20


def test_a_long_description_without_a_sentence_is_kept_whole() -> None:
    figure = FigureView("map", "/media/map.svg", "word " * 60, "", "", 4, 3)
    html = render_step_body("![](figure:map)", figures={"map": figure}, references={}, step_urls={}).html

    assert html.count("word " * 59) == 2


def test_a_figure_that_is_not_there_leaves_nothing() -> None:
    assert body("![](figure:gone)\n\nWords.").html == "<p>Words.</p>"


def test_only_pictures_of_this_site_are_shown() -> None:
    sources = [
        "https://evil.example/x.png",
        "//evil.example/x.png",
        "data:image/png;base64,AA",
        "/media/../admin/",
        "x",
    ]
    html = body(" ".join(f"![a]({source})" for source in sources)).html
    assert "<img" not in html
    assert body("![A map](/static/img/map.svg)").html == (
        '<p><img alt="A map" loading="lazy" src="/static/img/map.svg"></p>'
    )


def test_a_link_to_a_step_leads_to_its_address() -> None:
    assert body("See [the package](step:the-package).").html == (
        '<p>See <a href="/courses/dhr/steps/package/">the package</a>.</p>'
    )


def test_a_link_to_a_step_that_is_not_there_keeps_its_words() -> None:
    assert body("See [the *old* package](step:gone).").html == "<p>See the <em>old</em> package.</p>"


def test_links_that_lead_outside_tell_the_other_site_nothing() -> None:
    html = body("[a](https://example.org/x) [b](/courses/) [c](#s-why)").html
    assert html == (
        '<p><a href="https://example.org/x" rel="noopener noreferrer">a</a> <a href="/courses/">b</a> '
        '<a href="#s-why">c</a></p>'
    )


def test_a_pull_quote_and_a_plain_quote_stay_apart() -> None:
    html = one_line(body("> [!pull]\n> Surroundings can be remade.\n\n> A plain quote.").html)
    assert html == (
        '<blockquote class="pull"><p>Surroundings can be remade.</p></blockquote>'
        "<blockquote><p>A plain quote.</p></blockquote>"
    )


def test_key_figures_become_terms_and_values_with_their_source() -> None:
    html = one_line(
        body(
            "> [!figures] Source: HRI, 2024.[^hri-2024]\n> - 93 | countries have programmes\n> - 94 | have OAT", HRI
        ).html
    )
    assert html == (
        '<dl class="figures wide"><div><dt>countries have programmes</dt><dd>93</dd></div>'
        "<div><dt>have OAT</dt><dd>94</dd></div></dl>"
        '<p class="source">Source: HRI, 2024.<sup><a aria-label="Note 1" href="#fn-1" id="ref-1">1</a></sup></p>'
    )


@pytest.mark.parametrize(("mark", "look"), [("note", "notice"), ("care", "notice notice--care")])
def test_a_boxed_note_holds_whatever_is_in_the_quote(mark: str, look: str) -> None:
    html = one_line(body(f"> [!{mark}]\n> **Before you read.**\n>\n> - One").html)
    assert html == (
        f'<div class="{look}" role="note"><div><p><strong>Before you read.</strong></p><ul><li>One</li></ul></div></div>'
    )


def test_terms_lists_and_code_are_what_markdown_makes_of_them() -> None:
    html = one_line(
        body("OAT\n: Opioid agonist therapy\n\n3. Three\n4. Four\n\n- Dot\n\n---\n\n```py\na < b\n```").html
    )
    assert html == (
        "<dl><dt>OAT</dt><dd>Opioid agonist therapy</dd></dl>"
        '<ol start="3"><li>Three</li><li>Four</li></ol><ul><li>Dot</li></ul><hr><pre><code>a &lt; b</code></pre>'
    )


def test_an_open_code_fence_runs_to_the_end() -> None:
    assert one_line(body("Words.\n```\n*code*\n\n## code").html) == (
        "<p>Words.</p><pre><code>*code*## code</code></pre>"
    )


def test_indented_words_are_no_code() -> None:
    assert body("One.\n\n    Two.").html == "<p>One.</p>\n<p>Two.</p>"


def test_raw_html_is_shown_as_the_text_it_is() -> None:
    source = "<b>bold</b> <script>alert(1)</script>\n\n<div onclick=x>\n\n&lt;i&gt;"
    for html in (body(source).html, render_text(source), render_comment(source)):
        assert {name for name, _ in elements(html)} <= {"p", "br"}
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


# Text of a course


def test_text_has_paragraphs_emphasis_lists_and_links() -> None:
    html = one_line(
        render_text("Free, **at your own pace**.\n\n- *One*\n- [Two](https://example.org)\n\n![x](/media/x.png)")
    )
    assert html == (
        "<p>Free, <strong>at your own pace</strong>.</p><ul><li><em>One</em></li>"
        '<li><a href="https://example.org" rel="noopener noreferrer">Two</a></li></ul><p>![x](/media/x.png)</p>'
    )


def test_nothing_becomes_nothing() -> None:
    assert render_text("") == render_comment(" \n ") == ""
    assert body("") == Rendered("", [], [])


# Comments


def test_a_comment_has_emphasis_lists_quotes_and_code() -> None:
    html = one_line(render_comment("**a** _b_ `c`\n\n- d\n\n1. e\n\n> f\n\n```\ng\n```"))
    assert html == (
        "<p><strong>a</strong> <em>b</em> <code>c</code></p><ul><li>d</li></ul><ol><li>e</li></ol>"
        "<blockquote><p>f</p></blockquote><pre><code>g</code></pre>"
    )


def test_lines_of_a_comment_break_where_their_writer_broke_them() -> None:
    assert render_comment("one\ntwo") == "<p>one<br>\ntwo</p>"


def test_an_answer_right_below_a_quote_is_not_part_of_it() -> None:
    assert one_line(render_comment("> their words\nmy answer")) == (
        "<blockquote><p>their words</p></blockquote><p>my answer</p>"
    )


def test_a_comment_has_no_headings_ids_pictures_tables_or_notes() -> None:
    html = render_comment(
        "# Big\n\n![p](/media/p.png)\n\n| a | b |\n|---|---|\n| c | d |\n\nx[^1]\n\n[^1]: y\n\n> [!pull]\n> z"
    )
    assert {name for name, _ in elements(html)} <= {"p", "br", "strong", "blockquote"}
    assert html.startswith("<p><strong>Big</strong></p>")
    assert "id=" not in html


def test_every_link_in_a_comment_says_whose_it_is_not() -> None:
    html = render_comment("[a](https://example.org) https://example.org/b [c](/courses/) [d](mailto:a@example.org)")
    links = [dict(attributes) for name, attributes in elements(html) if name == "a"]
    assert len(links) == 4
    assert {link["rel"] for link in links} == {"nofollow ugc noopener noreferrer"}


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("See https://example.org/a_b_c.", "https://example.org/a_b_c"),
        ("(https://example.org/x)", "https://example.org/x"),
        ("https://en.wikipedia.org/wiki/Naloxone_(drug), yes", "https://en.wikipedia.org/wiki/Naloxone_(drug)"),
        ("<https://example.org/?a=1&b=2>", "https://example.org/?a=1&b=2"),
        ("**HTTPS://EXAMPLE.ORG/**", "HTTPS://EXAMPLE.ORG/"),
    ],
)
def test_a_bare_address_becomes_a_link_without_the_punctuation_around_it(typed: str, address: str) -> None:
    html = render_comment(typed)
    assert [dict(attributes)["href"] for name, attributes in elements(html) if name == "a"] == [address]


@pytest.mark.parametrize(
    "typed", ["foo.py", "node.js", "me@example.org", "www.example.org", "https://", "https://" + "x" * 600]
)
def test_what_only_looks_like_an_address_stays_text(typed: str) -> None:
    assert render_comment(typed) == f"<p>{typed}</p>"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#115;cript:alert(1)",
        "javascript&colon;alert(1)",
        "&#1;javascript:alert(1)",
        "<java script:alert(1)>",
        "java\\script:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "tel:123",
        "//evil.example/x",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://good.example@evil.example",
        "page.html",
        "",
    ],
)
def test_an_address_of_an_odd_kind_is_no_link(address: str) -> None:
    for html in (render_comment(f"[x]({address})"), render_text(f"[x]({address})"), body(f"[x]({address})").html):
        assert "<a" not in html
        assert "x" in html


def test_links_by_reference_are_text() -> None:
    html = render_comment("[a][1] and [b]\n\n[1]: https://example.org/")
    assert "[a][1] and [b]" in html


def test_place_holders_of_the_parser_cannot_be_typed() -> None:
    assert render_comment("a\x02klzzwxh:0000\x03b \x02wzxhzdk:0\x03 \x0260\x03\x00\ud800") == (
        "<p>aklzzwxh:0000b wzxhzdk:0 60</p>"
    )


# Nothing dangerous

PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1)></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href=java&#10;script:alert(1)>x</a>",
    "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
    "<a href=\"//evil.example\">x</a>",
    "<a href=# onclick=alert(1)>x</a>",
    "<a href=https://example.org style=position:fixed target=_top id=csrfmiddlewaretoken>x</a>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<style>*{background:url(javascript:alert(1))}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><x onclick=alert(1)>",
    "<p style=\"width:expression(alert(1))\" class=evil id=evil>x</p>",
    "<img src=/media/x.png srcset='javascript:alert(1)' onload=alert(1)>",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "[x]( javascript:alert(1) \"t\")",
    "[x](https://example.org \"onmouseover=alert(1) x='\")",
    "[x](https://example.org/\"onmouseover=alert(1))",
    "![x](/media/x.png\"onerror=alert(1))",
    "![\" onerror=alert(1) x=\"](/media/x.png)",
    "![x](/media/x.png 'x\" onerror=\"alert(1)')",
    "<javascript:alert(1)>",
    "<https://example.org/\"onclick=alert(1)>",
    "`<img src=x onerror=alert(1)>`",
    "```html\" onclick=\"alert(1)\n<script>alert(1)</script>\n```",
    "## <img src=x onerror=alert(1)> {onclick=alert(1)}",
    "> [!note] <script>alert(1)</script>",
    "> [!figures] <script>x</script>\n> - <script>y</script> | <img src=x onerror=alert(1)>",
    "Table: <script>x</script>\n\n|<script>a</script>|b|\n|-|-|\n|<img src=x onerror=alert(1)>|d|",
    "x[^a]\n\n[^a]: <img src=x onerror=alert(1)>",
    "[^a](javascript:alert(1))\n\n[^a]: x",
]  # fmt: skip


def whole(rendered: Rendered) -> str:
    return rendered.html + "".join(note.html for note in rendered.notes)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_renders_to_nothing_but_what_the_profile_names(payload: str) -> None:
    for frame in ("{}", "- {}", "> {}", "*{}*", "[{}](https://example.org)", "[x]({})", "a\n: {}"):
        source = frame.format(payload)
        assert forbidden(render_comment(source), sanitising.COMMENT) == []
        assert forbidden(render_text(source), sanitising.TEXT) == []
        assert forbidden(whole(body(source)), sanitising.STEP) == []


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("profile", [sanitising.COMMENT, sanitising.TEXT, sanitising.STEP], ids=lambda p: p.name)
def test_each_sanitiser_alone_would_stop_a_payload_that_came_as_html(payload: str, profile: sanitising.Profile) -> None:
    assert forbidden(sanitising.clean_with_bleach(payload, profile), profile) == []
    assert forbidden(sanitising.clean_with_nh3(payload, profile), profile) == []
    assert forbidden(sanitising.sanitise(payload, profile), profile) == []


def test_no_profile_names_anything_that_runs_or_restyles() -> None:
    dangerous = {"script", "style", "iframe", "object", "embed", "form", "input", "button", "svg", "math", "template"}
    for profile in (sanitising.COMMENT, sanitising.TEXT, sanitising.STEP):
        assert not dangerous & set(profile.tags)
        for attributes in profile.tags.values():
            assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcset", "target")]
    assert not [
        tag for tag, attributes in sanitising.COMMENT.tags.items() if "id" in attributes or "class" in attributes
    ]


def test_words_about_a_figure_or_a_source_cannot_become_markup() -> None:
    evil = '"><script>alert(1)</script>\x02klzzwxh:0\x03\x0299999999\x03'
    figure = FigureView("f", "javascript:alert(1)", evil, evil, evil, 1, 1)
    reference = ReferenceView("r", evil, 2000, 'https://example.org/"onclick="x', evil)
    rendered = render_step_body(
        "![](figure:f)\n\nx[^r]", figures={"f": figure}, references={"r": reference}, step_urls={}
    )
    assert forbidden(whole(rendered), sanitising.STEP) == []
    assert "src=" not in rendered.html


# What a body points to


def test_what_a_body_points_to_is_told_with_its_line() -> None:
    source = (
        "A claim.[^who-2014] Own.[^a]\n"
        "See [x](step:the-package).\n"
        "\n"
        "![](figure:van)\n"
        "![inline](figure:van) and ![m](/media/m.png)\n"
        "> ![](figure:bare)\n"
        "\n"
        "[^a]: See [y](step:other).[^hri-2024]\n"
    )
    assert cited_ids(source) == [("who-2014", 1), ("hri-2024", 8)]
    assert step_links(source) == [("the-package", 2), ("other", 8)]
    assert figures_used(source) == [("van", 4), ("bare", 6)]
    assert image_targets(source) == [("figure:van", 5), ("/media/m.png", 5)]


def test_nothing_in_code_points_anywhere() -> None:
    source = (
        "`[^a]` and ``[x](step:`a) ![](figure:a)`` then [^b] \\[^c]\n"
        "\n"
        "```\n[^a] [x](step:a)\n![](figure:a)\n```\n"
        "An open ` then [^d]\n"
        "\n"
        "another ` here\n"
        "~~~\n[^e]"
    )
    assert cited_ids(source) == [("b", 1), ("d", 7)]
    assert step_links(source) == figures_used(source) == image_targets(source) == []


def test_lines_are_counted_alike_whatever_ends_them() -> None:
    assert cited_ids("a\r\n\r\nb[^x]\r\n") == [("x", 3)]


# Too much


def test_a_text_that_is_too_long_is_refused_with_words_for_its_writer() -> None:
    with pytest.raises(TooComplex, match="at most 5000 characters"):
        render_comment("a" * 5001)
    with pytest.raises(TooComplex, match="at most 200000 characters"):
        body("a" * 200_001)


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("[" * 2000, "square brackets"),
        ("1. " * 600, "fewer levels"),
        (">" * 2000, "fewer levels"),
        ("> a\nb\n" * 400, "empty lines"),
        ("a\n\n" * 1600, "too much formatting"),
        ("```\n" * 1200, "too much formatting"),
    ],
)
def test_what_is_too_complex_is_refused_with_advice(source: str, advice: str) -> None:
    with pytest.raises(TooComplex) as caught:
        render_comment(source)
    assert advice in str(caught.value)


def test_a_table_cannot_make_a_small_text_large() -> None:
    wide = "|a" * 20 + "|\n" + "|-" * 20 + "|\n"
    with pytest.raises(TooComplex, match="cells"):
        body(wide + "|\n" * 1000)


def test_notes_and_figures_are_limited() -> None:
    with pytest.raises(TooComplex, match="notes"):
        body("\n".join(f"[^n{number}]: x" for number in range(200)))
    with pytest.raises(TooComplex, match="figures"):
        body("![](figure:van)\n\n" * 100)


def test_a_comment_as_people_write_them_is_never_too_complex() -> None:
    source = "> You wrote [this](https://example.org/1).\nYes, *and*:\n\n- one\n- two `x`\n\n1. **three**\n\n" * 20
    assert render_comment(source[:2000])
    assert render_comment("- a\n    - b\n        - c\n            - d\n\n> > > > five levels\n")
