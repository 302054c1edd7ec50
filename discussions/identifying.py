"""Finds what may identify somebody in words that are about to be posted: phone numbers, addresses, profiles elsewhere.

It only asks; the writer decides. Nothing of it is stored or logged. A wrong alarm costs a moment, a missed number may cost far more;
but what this subject is full of (years, doses, prices, pages, references) must pass, or nobody would read the alarm.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS: dict[str, str | Promise] = {
    "phone": gettext_lazy("a phone number"),
    "email": gettext_lazy("an e-mail address"),
    "address": gettext_lazy("a street address"),
    "profile": gettext_lazy("a profile on another site"),
    "handle": gettext_lazy("the name you have here"),
}


@dataclass(frozen=True, order=True)
class Found:
    start: int
    end: int
    kind: str


# References: their numbers are no phone numbers.
_REFERENCE = re.compile(
    r"https?://\S+|www\.\S+|\b10\.\d{4,9}/\S+|\b(?:PMID|PMCID|PMC|NCT|ISBN(?:-1[03])?|ISSN|ISRCTN|arXiv|doi)[:\s#]*[\dX][\dX.-]*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?<![\w.,@#/])(?:\+|\(\+)?\(?\d(?:[ \u00a0.()/\u2010-\u2013-]{0,3}\d){5,16}(?![\w@])")
_UNIT = re.compile(
    r"\s*(?:%|‰|[€$£¥₹]|(?:mcg|µg|μg|mg|kg|g|ml|l|km|cm|mm|m|h|hrs?|hours?|days?|weeks?|months?|years?|euros?|dollars?|pounds?|"
    r"people|persons?|deaths?|cases?|million|billion|thousand|units?|copies|syringes|needles|kits|EUR|USD|GBP)\b)",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(r"(?:[€$£¥₹]|\b(?:EUR|USD|GBP|CHF|Rs))\s*$", re.IGNORECASE)
_PAGES_BEFORE = re.compile(r"\b(?:p|pp|pages?|vol|no|n)\.?\s*$|[:;(]\s*$|\d[:(]\s*$", re.IGNORECASE)
_YEARS = re.compile(
    r"(?:1[89]|20)\d\d(?:\s*[/\u2010-\u2013-]\s*(?:(?:1[89]|20)\d\d|\d\d))+|(?:(?:1[89]|20)\d\d\s+)+(?:1[89]|20)\d\d"
)
_DATE = re.compile(r"\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{2,4}")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([ \u00a0.])\d{3})(?:\1\d{3})*")
_PAGES = re.compile(r"(\d{2,5})\s*[\u2010-\u2013-]\s*(\d{2,5})")

_EMAIL = re.compile(
    r"[\w.+-]{1,64}\s?[@\uff20]\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|[\w.+-]{1,64}\s*[\[({<]\s*(?:at|@)\s*[\])}>]\s*[\w-]{1,63}(?:\s*(?:[\[({<]\s*(?:dot|\.)\s*[\])}>]|\.|\sdot\s)\s*\w{2,63}){1,4}"
    r"|[\w.+-]{2,64} at [\w-]{2,63}(?: dot \w{2,63}){1,3}\b",
    re.IGNORECASE,
)

_STREET = (
    "street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|square|court|terrace|close|crescent|gardens|mews"
)
_ADDRESSES = [
    # 12 Mill Road, 221b Baker St; in small letters only where nothing but the end of a phrase follows
    re.compile(rf"\b\d{{1,5}}[a-zA-Z]?,?\s+(?:[A-Z][\w'’.-]{{1,30}}\s+){{1,3}}(?i:{_STREET})\b\.?"),
    re.compile(
        r"\b\d{1,5}[a-z]?,?\s+(?!(?:per|of|on|in|the|a|by|and|or|for|more|other|main|busy|open|years?|people|times?)\b)"
        r"[^\W\d_]{3,30}\s+(?:street|road|avenue|lane|boulevard)\b(?=\s*(?:[,.;:!?)\n]|$))",
        re.IGNORECASE,
    ),
    # 12 rue de la Paix, 3 bis, avenue Victor Hugo
    re.compile(
        r"\b\d{1,4}\s?(?:bis|ter|[a-d])?,?\s+(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Bb]d|[Pp]lace|[Cc]hemin|[Ii]mpasse|[Aa]llée|[Qq]uai|[Rr]oute)\s+"
        r"(?:(?:de|du|des|la|le|les)\s+|d['’]|l['’]){0,2}[A-ZÀ-Ý][\w'’-]{1,30}"
    ),
    # Lindenstraße 12, Berliner Str. 5, Am Alten Markt is left alone
    re.compile(
        r"\b[A-ZÄÖÜ][\wäöüß-]{1,40}?(?:straße|strasse|str\.?|gasse|weg|platz|allee|ufer|damm|straat|laan|gracht|gatan|vej|katu)\s+\d{1,4}\s?[a-z]?\b"
    ),
    re.compile(r"\b[A-ZÄÖÜ][\wäöüß-]{1,40}\s+(?:Straße|Strasse|Str\.|Gasse|Platz|Allee|Weg)\s+\d{1,4}\s?[a-z]?\b"),
    # Calle de Alcalá 45, Via Roma, 12, Rua Augusta 100
    re.compile(
        r"\b(?:[Cc]alle|C/|[Aa]venida|Avda?\.?|Plaza|Paseo|Via|Viale|Piazza|Corso|Rua|Travessa|Largo|ulica|ul\.)\s+"
        r"(?:(?:de|del|della|do|da|dos|la|los)\s+){0,2}[A-ZÀ-ÝŁŚŻŹĆ][\w'’-]{1,30}(?:\s+[\w'’-]{2,30}){0,2},?\s*(?:n[º°.o]?\s*)?\d{1,4}\b"
    ),
    re.compile(
        r"\b(?:ул|улица|вул|вулиця|проспект|просп|пр-т|пер|переулок)\.?\s+[А-ЯЁІЇЄ][\w-]{1,30}(?:\s+[А-ЯЁ][\w-]{1,30})?,?\s*(?:д(?:ом)?\.?\s*)?\d{1,4}"
    ),
    re.compile(r"\bP\.?\s?O\.?\s?Box\s+\d{1,6}\b", re.IGNORECASE),
    re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]?)\s\d[A-Z]{2}\b"),  # a British postcode
]
_SURE = (
    "facebook|instagram|insta|twitter|tiktok|snapchat|telegram|whatsapp|wickr|threema|discord|linkedin|vkontakte|reddit|mastodon|"
    "bluesky|bsky|grindr|skype|wechat|viber|youtube|onlyfans"
)
_NETWORKS = f"{_SURE}|fb|messenger|ig|snap|tg|signal|session|vk|kik|line|threads"  # of which some are words too
_PROFILES = [
    re.compile(
        r"\b(?:https?://)?(?:[\w-]{1,20}\.)?(?:facebook\.com|fb\.(?:com|me)|m\.me|instagram\.com|twitter\.com|x\.com|tiktok\.com|"
        r"snapchat\.com|linkedin\.com|t\.me|telegram\.me|wa\.me|vk\.com|ok\.ru|discord\.(?:gg|com)|reddit\.com/u(?:ser)?|youtube\.com/@|"
        r"threads\.net|bsky\.app|signal\.me|onlyfans\.com|line\.me|kik\.me|mastodon\.\w{2,10})/?[\w@./?=&%#+-]{1,120}",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:{_SURE})\b[^\n@]{{0,25}}@[\w.]{{2,40}}", re.IGNORECASE),
    re.compile(rf"@[\w.]{{2,40}}[^\n@]{{0,12}}\b(?:on|at|auf|sur|en|in)\s+(?:my\s+)?(?:{_NETWORKS})\b", re.IGNORECASE),
    re.compile(
        r"\b(?:my|add me|find me|write me|dm me|message me|text me)\b[^\n]{0,20}"
        rf"\b(?:{_NETWORKS})\b\s*(?:is|name is|:|=|-)\s*[\w.@-]{{3,40}}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:insta(?:gram)?|ig|snap(?:chat)?|telegram|tg|wickr|kik|discord|signal|fb)\s*[:=]\s*[\w.@#-]{3,40}",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\w)@[\w.-]{1,40}@[\w-]{1,40}(?:\.[\w-]{2,40}){1,3}"),
    re.compile(r"\b[\w.]{2,32}#\d{4}\b"),
]


def find(text: str, *, handle: str = "") -> list[Found]:
    """What may identify somebody, in order and without overlaps. `handle` is looked for where words are posted without it."""
    found = sorted(_all(text, handle), key=lambda f: (f.start, -f.end))
    kept: list[Found] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _all(text: str, handle: str) -> Iterator[Found]:
    for pattern in _PROFILES:
        yield from (Found(*m.span(), "profile") for m in pattern.finditer(text))
    yield from (Found(*m.span(), "email") for m in _EMAIL.finditer(text))
    for pattern in _ADDRESSES:
        yield from (Found(*m.span(), "address") for m in pattern.finditer(text))
    if handle:
        own = re.compile(rf"(?<!\w){re.escape(handle)}(?!\w)", re.IGNORECASE)
        yield from (Found(*m.span(), "handle") for m in own.finditer(text))
    masked = _REFERENCE.sub(lambda m: "\x00" * len(m[0]), text)
    for match in _DIGITS.finditer(masked):
        if _is_phone(masked, match):
            yield Found(*match.span(), "phone")


def _is_phone(text: str, match: re.Match[str]) -> bool:
    written = match[0]
    digits = "".join(str(int(c)) for c in written if c.isdigit())
    if not 7 <= len(digits) <= 15:
        return False
    after, before = text[match.end() : match.end() + 12], text[max(0, match.start() - 12) : match.start()]
    if written.startswith(("+", "(+")):
        return not _UNIT.match(after) or digits[0] != "0"
    if _UNIT.match(after) or _MONEY_BEFORE.search(before) or re.match(r"[.,]\d", after):
        return False
    plain = written.strip("() ")
    if _YEARS.fullmatch(plain) or _DATE.fullmatch(plain) or _is_day(digits):
        return False
    if _THOUSANDS.fullmatch(plain) and (len(digits) < 9 or digits.endswith("000")):
        return False
    if (pages := _PAGES.fullmatch(plain)) and (
        _PAGES_BEFORE.search(before)
        or (len(pages[1]) == len(pages[2]) == 4 and 0 < int(pages[2]) - int(pages[1]) < 500)
    ):
        return False
    if len(set(digits)) == 1 or (plain.isdigit() and len(digits) < 9 and digits.endswith("00")):
        return False
    groups = re.findall(r"\d+", written)
    # "1 2 3 4 5 6 7": counting, not calling
    return not (len(groups) == len(digits) and all(int(b) - int(a) == 1 for a, b in pairwise(groups)))


def _is_day(digits: str) -> bool:
    if len(digits) != 8 or not digits.startswith(("19", "20")):
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def digest(text: str, found: Sequence[Found]) -> str:
    """A mark of exactly these words, with which the writer says that they may stay; others would be asked about again."""
    words = "\x00".join(sorted(text[one.start : one.end] for one in found))
    return hashlib.sha256(words.encode()).hexdigest()[:24] if found else ""


def marked(text: str, found: Sequence[Found]) -> SafeString:
    """The text with what was found marked, as HTML."""
    pieces: list[str] = []
    at = 0
    for one in found:
        pieces += [escape(text[at : one.start]), "<mark>", escape(text[one.start : one.end]), "</mark>"]
        at = one.end
    pieces.append(escape(text[at:]))
    return mark_safe("".join(pieces).replace("\n", "<br>"))  # noqa: S308 - every piece is escaped


def in_words(found: Sequence[Found]) -> str:
    """What was found, as a list in words."""
    return get_text_list([str(WORDS[kind]) for kind in dict.fromkeys(one.kind for one in found)], _("and"))
