"""Names to offer to who joins: two kind words that say nothing about anybody, so that nobody has to think of one.

Whoever translates the site gives lists of their own language; the format says which word comes first.
"""

from __future__ import annotations

import secrets

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.handles import tidy, validate_handle
from accounts.lookalikes import skeleton
from accounts.models import User

OFFERED = 5


def _words() -> tuple[list[str], list[str]]:
    # Translators: about 60 words each that fit together, that praise or blame nobody, and that say nothing of sex, place or health.
    kinds = _(
        "amber autumn bright brisk calm candid clear copper coral curious distant dreamy early easy evening fair fern gentle glad "
        "golden hazel honest humble indigo ivory jolly keen kind late leafy light lilac lively lucid lunar mellow merry mild misty "
        "mossy nimble northern olive open patient pearly plain plum polite quick quiet rainy roaming rosy rustic silver slow snowy "
        "southern spring steady summer sunny swift tender tidy warm western willow windy winter wise young"
    ).split()
    # Translators: about 60 things of nature and the house.
    things = _(
        "acorn anchor apple aspen badger basil beacon birch brook button candle cedar clover comet cove cricket crow daisy dove dune "
        "ember falcon fern finch fox garden hare harbour heron hill ink island ivy jay kettle kite lagoon lantern lark "
        "leaf linden maple marble meadow moth nettle oak orchard otter owl path pebble pine plover pond poppy quill quince "
        "rain raven reed river robin saffron sail shore sparrow spruce starling stone swallow teapot thistle thyme tide trout wave wren"
    ).split()
    return kinds, things


def suggestions(count: int = OFFERED) -> list[str]:
    """Names that are free now. The more are taken, the likelier one gets a number at its end."""
    kinds, things = _words()
    found: dict[str, str] = {}
    for number in ("", "", *range(2, 10)):
        for _try in range(4 * count):
            name = _("%(kind)s %(thing)s") % {"kind": secrets.choice(kinds), "thing": secrets.choice(things)}
            name = tidy(f"{name} {number}")
            try:
                validate_handle(name)
            except ValidationError:
                continue
            found[skeleton(name)] = name
        taken = set(User.objects.filter(skeleton__in=found).values_list("skeleton", flat=True))
        found = {look: name for look, name in found.items() if look not in taken}
        if len(found) >= count:
            break
    return list(found.values())[:count]
