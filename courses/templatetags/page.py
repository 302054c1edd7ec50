"""Tags that every template has: holes, icons, avatars, stylesheets, links with their words."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.template.base import FilterExpression, Parser, Token
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from accounts.avatars import avatar as draw_avatar
from courses.models import Step
from courses.pages import Marks, fill_hole, is_in
from courses.progress import steps_of
from courses.reports import FEWEST

register = template.Library()


@register.simple_tag(takes_context=True)
def hole(context: Context, path: str, **arguments: Any) -> str:
    """What belongs to one reader: marked in a shared page, filled at once in any other (see courses.pages)."""
    marks: Marks | None = context.get("marks")
    if marks is not None:
        return mark_safe(marks.hole(path, arguments))  # noqa: S308 - our own mark
    return fill_hole(context["request"], path, arguments)


class EitherNode(template.Node):
    def __init__(self, path: str, key: FilterExpression, yes: template.NodeList, no: template.NodeList) -> None:
        self.path, self.key, self.yes, self.no = path, key, yes, no

    def render(self, context: Context) -> SafeString:
        key = self.key.resolve(context)
        marks: Marks | None = context.get("marks")
        if marks is not None:
            mark = marks.either(self.path, key, self.yes.render(context), self.no.render(context))
            return mark_safe(mark)  # noqa: S308 - our own mark
        chosen = self.yes if is_in(context["request"], self.path, key) else self.no
        rendered: SafeString = chosen.render(context)
        return rendered


@register.tag
def either(parser: Parser, token: Token) -> EitherNode:
    """{% either "path" key %}…{% otherwise %}…{% endeither %}: words for readers in whose set the key is, and for the others."""
    _name, path, key = token.split_contents()
    yes = parser.parse(("otherwise", "endeither"))
    no = template.NodeList()
    if parser.next_token().contents == "otherwise":
        no = parser.parse(("endeither",))
        parser.delete_first_token()
    return EitherNode(path.strip("\"'"), parser.compile_filter(key), yes, no)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon from the sprite, a file that browsers keep; `extra` is "dir" for arrows, which turn round in right-to-left pages."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" icon--{extra}" if extra else "",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def avatar(account_id: int | None, shuffle: int = 0, size: str = "") -> SafeString:
    return draw_avatar(account_id or 0, shuffle, size)


PICTURE = re.compile(r'<img((?: [a-z]+="[^"]*")+)>')
ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')


@register.filter
def without_pictures(markup: str) -> SafeString:
    """A step's safe HTML with each picture in words, and a link for those who want to load it."""

    def in_words(match: re.Match[str]) -> str:
        picture = dict(ATTRIBUTE.findall(match[1]))
        words, address = (html.unescape(picture.get(name, "")) for name in ("alt", "src"))
        return format_html(
            '<span class="small">{} <a href="{}">{}</a></span>', words, address, gettext("Load the picture")
        )

    return mark_safe(PICTURE.sub(in_words, markup))  # noqa: S308 - went through both sanitisers


@register.simple_tag
def stylesheets() -> SafeString:
    """The site's own stylesheet: one bundled file where files carry fingerprints, its parts while developing."""
    bundle, parts = settings.STYLESHEET_BUNDLE
    names = [bundle] if settings.STYLESHEET_BUNDLED else parts
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(name),) for name in names))


@register.simple_tag
def canonical(path: str) -> str:
    """Which of several addresses of a page search engines shall keep; nothing where the site has no public address (SITE_ADDRESS)."""
    if not settings.SITE_ADDRESS.startswith("https://"):
        return ""
    return format_html('<link rel="canonical" href="{}{}">', settings.SITE_ADDRESS, path)


@register.filter
def percent(part: int, whole: int) -> int:
    """A share in whole percent, rounded down, so that 100 means all."""
    return part * 100 // whole if whole else 0


@register.filter
def clock(seconds: float) -> str:
    """Seconds as "1:07" or "1:02:07"."""
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@register.simple_tag
def site() -> dict[str, str]:
    """The site's name, and where "Leave quickly" leads."""
    return {"name": settings.SITE_NAME, "quick_exit": settings.QUICK_EXIT_URL}


@register.filter
def kind_label(kind: str) -> str:
    """The words for a step's kind."""
    return str(Step.Kind(kind).label)


@register.filter
def first_step(outline: Mapping[str, Any]) -> dict[str, Any] | None:
    """The first step of an outline, or None."""
    return next(iter(steps_of(outline)), None)


@register.filter
def duration(minutes: int) -> str:
    """Minutes in words: "45 minutes", "2 h 45 min"."""
    hours, rest = divmod(int(minutes or 0), 60)
    if not hours:
        return ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest}
    if not rest:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


@register.filter
def people(count: int | None) -> str:
    """A number of people; that they are few, where it is None (see courses.reports.shown)."""
    return gettext("under %(n)d") % {"n": FEWEST} if count is None else str(count)
