"""Names under which people write without their handle: two kind words, drawn at random, of one step only."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.lookalikes import skeleton
from accounts.models import User
from courses.models import Step
from discussions.models import Alias

# Neutral on purpose: no word here is a name for a drug, for its use, or for a person.
FIRST = [
    gettext_noop(word)
    for word in (
        "Quiet", "Gentle", "Patient", "Calm", "Warm", "Early", "Steady", "Open", "Curious", "Careful", "Friendly", "Distant",
        "Morning", "Evening", "Northern", "Southern", "Eastern", "Western", "Little", "Tall", "Round", "Soft", "Clear",
        "Wandering", "Travelling", "Thoughtful", "Hopeful", "Cheerful", "Kind", "Plain", "Honest", "Mild", "Fresh", "Green",
        "Golden", "Autumn", "Winter", "Summer", "Sunny", "Humming", "Singing", "Reading", "Resting", "Sailing", "Walking",
        "Rowing", "Mossy", "Sheltered", "Painted", "Woven", "Wooden", "Striped", "Nimble", "Sturdy", "Merry", "Unhurried",
    )
]  # fmt: skip
SECOND = [
    gettext_noop(word)
    for word in (
        "lantern", "harbour", "river", "bridge", "window", "meadow", "garden", "island", "kettle", "candle", "compass", "anchor",
        "ferry", "lighthouse", "orchard", "cedar", "willow", "maple", "birch", "fern", "otter", "hedgehog", "badger", "tortoise",
        "robin", "sparrow", "finch", "starling", "puffin", "dolphin", "beetle", "cricket", "pebble", "valley", "hillside",
        "footpath", "staircase", "umbrella", "notebook", "postcard", "button", "ribbon", "blanket", "cushion", "bicycle", "wagon",
        "canal", "cove", "lagoon", "breeze", "cloud", "rainbow", "comet", "planet", "acorn", "thimble", "teaspoon", "ladder",
    )
]  # fmt: skip


def alias_of(person: Any, step: Step) -> Alias:
    """The alias of a person on a step, made when it is first needed. The caller holds the discussion's row, so names cannot meet."""
    alias = Alias.objects.filter(step=step, person=person).first()
    if alias:
        return alias
    language = step.course.language
    # In the course's language: the one in which its writer reads the site would be a clue.
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        name = _new_name(step)
    return Alias.objects.create(step=step, person=person, name=name, picture=secrets.randbits(62))


def is_used(handle: str) -> bool:
    """Whether the handle could be taken for the alias of somebody who wrote without theirs."""
    look = skeleton(handle)
    return any(skeleton(name) == look for name in Alias.objects.values_list("name", flat=True).distinct().iterator())


def _new_name(step: Step) -> str:
    taken = {name.casefold() for name in Alias.objects.filter(step=step).values_list("name", flat=True)}
    for tries in range(1000):
        words = {"first": _(secrets.choice(FIRST)), "second": _(secrets.choice(SECOND))}
        name = _("%(first)s %(second)s") % words
        if tries > 20:  # many people write here under an alias
            name = f"{name} {secrets.randbelow(90) + 10}"
        if name.casefold() not in taken and not User.objects.filter(skeleton=skeleton(name)).exists():
            return name
    raise RuntimeError("no name is left for an alias")
