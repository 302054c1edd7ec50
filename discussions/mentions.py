"""Who is named with @ in a comment: only people of the same conversation, under the name that they have in it."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from accounts.handles import spellings, tidy
from accounts.lookalikes import skeleton
from accounts.models import User
from discussions.models import Alias, Comment

MOST = 10  # names that one comment can call; what follows stays plain words
LONGEST = 60  # characters, of an alias
LATELY = 50  # replies whose authors are offered
_AT = re.compile(r"(?<![\w@./])@(?=\w)")  # not in an e-mail address


def _calls(body: str) -> list[list[str]]:
    """For each @, what may be the name after it, longest first: handles may contain spaces, so only a look-up tells where they end."""
    calls = []
    for at in islice(_AT.finditer(body), MOST):
        line = body[at.end() : at.end() + LONGEST].partition("\n")[0]
        ends = [i for i in range(1, len(line) + 1) if line[i - 1].strip() and (i == len(line) or not _goes_on(line[i]))]
        calls.append([tidy(line[:end]) for end in reversed(ends)])
    return calls


def _goes_on(character: str) -> bool:
    return character.isalnum() or character == "_"


def people_named(comment: Comment) -> set[int]:
    """The accounts whose handle or alias in this conversation the comment names. No name, no query."""
    calls = _calls(comment.body) if comment.root_id else []
    if not calls:
        return set()
    possible = {name for call in calls for name in call}
    lower = {name.lower() for name in possible}
    words = Comment.objects.can_be_answered().filter(Q(pk=comment.root_id) | Q(root_id=comment.root_id))
    # In other alphabets by what they look like too: SQLite's Lower knows the capitals of plain Latin letters only.
    foreign = [name for name in possible if not name.isascii()]
    looks = {skeleton(spelt) for name in foreign for spelt in spellings(name)}
    called = Q(handle__in=possible) | Q(low__in=lower) | Q(skeleton__in=looks)
    handles = (
        User.objects.alias(low=Lower("handle"))
        .filter(called, Exists(words.filter(author=OuterRef("pk"))))
        .values_list("handle", "pk")
    )
    aliases = (
        Alias.objects.alias(low=Lower("name"))
        .filter(
            Q(name__in=possible) | Q(low__in=lower), Exists(words.filter(alias=OuterRef("pk"))), step_id=comment.step_id
        )
        .values_list("name", "person_id")
    )
    known: dict[str, set[int]] = {}
    for name, person in [*handles, *aliases]:
        known.setdefault(name.lower(), set()).add(person)
    named: set[int] = set()
    for call in calls:
        named |= next((known[name.lower()] for name in call if name.lower() in known), set())
    return named


def names_in(root_id: int, *, but: Any) -> list[str]:
    """The names in a conversation that can be called, of its last words and its first, without those of one person."""
    words = Comment.objects.can_be_answered().select_related("author", "alias")
    last = list(words.filter(root_id=root_id).order_by("-ordinal")[:LATELY])
    found = [*last, *words.filter(pk=root_id)]
    called = (c for c in found if c.who and c.author_id != but.pk and not (c.alias and c.alias.person_id == but.pk))
    return list(dict.fromkeys(c.name for c in called))
