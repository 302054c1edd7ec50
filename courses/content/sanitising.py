"""What HTML may come out of Markdown. bleach cleans first, nh3 is the last gate; what remains is what both allow.

A profile lists the tags, and for each of their attributes a pattern that the whole value must match. There is no `style` anywhere,
and an `id` only where this package makes it. Neither sanitiser keeps state between calls, so threads cannot mix.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

import nh3
from bleach.sanitizer import Cleaner

COMMENT_REL = "nofollow ugc noopener noreferrer"
OUTSIDE_REL = "noopener noreferrer"
SCHEMES = frozenset({"http", "https", "mailto"})

# The host part takes no "@": what stands before it is there to deceive. "//host" and "/\host" lead outside too.
OUTSIDE = r"https?://[^\s/?#@\"<>\\]+(?:[/?#][^\s\"<>\\]*)?"
_INSIDE = r"/(?![/\\])[^\s\"<>\\]*|#[\w-]+"
_MAIL = r"mailto:[^\s\"<>\\?&@]+@[^\s\"<>\\?&@]+"
ADDRESS = re.compile(rf"(?:{OUTSIDE}|{_INSIDE}|{_MAIL})", re.IGNORECASE)
OUTSIDE_ADDRESS = re.compile(OUTSIDE, re.IGNORECASE)
PICTURE_ADDRESS = re.compile(r"/(?:media|static)/(?!\S*\.\.)[^\s\"<>\\]+")

Attributes = Mapping[str, re.Pattern[str]]


@dataclass(frozen=True)
class Profile:
    """What one kind of text may contain, and how long its source and its result may be."""

    name: str
    tags: Mapping[str, Attributes]
    longest_source: int
    longest_result: int

    def allows(self, tag: str, attribute: str, value: str) -> bool:
        pattern = self.tags.get(tag, {}).get(attribute)
        return pattern is not None and pattern.fullmatch(value) is not None


def _with(**attributes: str | re.Pattern[str]) -> Attributes:
    return {name.replace("_", "-"): re.compile(pattern) for name, pattern in attributes.items()}


_PLAIN: Attributes = {}
_TEXT_TAGS = {
    **dict.fromkeys(("p", "br", "strong", "em", "ul", "li", "blockquote", "pre", "code"), _PLAIN),
    "ol": _with(start=r"[0-9]{1,9}"),
}

COMMENT = Profile(
    "comment",
    tags={**_TEXT_TAGS, "a": _with(href=ADDRESS, rel=COMMENT_REL)},
    longest_source=5_000,
    longest_result=40_000,
)
TEXT = Profile(
    "text",
    tags={**_TEXT_TAGS, "a": _with(href=ADDRESS, rel=OUTSIDE_REL)},
    longest_source=20_000,
    longest_result=100_000,
)
LINE = Profile(
    "line",
    tags={
        **dict.fromkeys(("strong", "em", "code", "sup"), _PLAIN),
        "a": _with(href=ADDRESS, rel=OUTSIDE_REL, aria_label=r"Note [0-9]+"),
    },
    longest_source=2_000,
    longest_result=20_000,
)
STEP = Profile(
    "step",
    tags={
        **_TEXT_TAGS,
        **dict.fromkeys(
            ("hr", "sup", "summary", "figcaption", "dt", "dd", "table", "thead", "tbody", "tr", "td"), _PLAIN
        ),
        **dict.fromkeys(("h2", "h3", "h4"), _with(id=r"s-[\w-]+")),
        "a": _with(href=ADDRESS, rel=OUTSIDE_REL, id=r"ref-[0-9-]+", aria_label=r"Note [0-9]+", **{"class": "term"}),
        "p": _with(**{"class": "source"}),
        "blockquote": _with(**{"class": "pull"}),
        "div": _with(**{"class": r"notice(?: notice--care)?"}, role="note"),
        "dl": _with(**{"class": "figures wide"}),
        "section": _with(
            **{"class": "table-scroll wide"},
            tabindex="0",
            aria_label="Table",
            aria_labelledby=r"tcap-[0-9]+",
        ),
        "caption": _with(id=r"tcap-[0-9]+"),
        "th": _with(scope=r"row|col"),
        "figure": _with(**{"class": "wide"}),
        "details": _with(**{"class": "fold fold--plain"}),
        "span": _with(**{"class": "credit"}),
        "img": _with(
            src=PICTURE_ADDRESS,
            alt=re.compile(r".*", re.DOTALL),
            width=r"[0-9]{1,5}",
            height=r"[0-9]{1,5}",
            loading="lazy",
        ),
    },
    longest_source=200_000,
    longest_result=1_000_000,
)


def sanitise(markup: str, profile: Profile) -> str:
    """HTML in, safe HTML out: only what bleach and nh3 both let through under this profile."""
    return clean_with_nh3(clean_with_bleach(markup, profile), profile)


def clean_with_bleach(markup: str, profile: Profile) -> str:
    cleaner = Cleaner(
        tags=frozenset(profile.tags),
        attributes=lambda tag, attribute, value: profile.allows(tag, attribute, html.unescape(value)),
        protocols=SCHEMES,
        strip=True,
        strip_comments=True,
    )
    return str(cleaner.clean(markup))


def clean_with_nh3(markup: str, profile: Profile) -> str:
    return nh3.clean(
        markup,
        tags=set(profile.tags),
        attributes={tag: set(attributes) for tag, attributes in profile.tags.items() if attributes},
        attribute_filter=lambda tag, attribute, value: value if profile.allows(tag, attribute, value) else None,
        url_schemes=set(SCHEMES),
        link_rel=None,  # each profile says what `rel` is, and the renderer writes it
        strip_comments=True,
    )
