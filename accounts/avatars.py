"""A generated picture for every person: four quarter tiles in one of eight palettes. There are no photographs."""

import hashlib
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

PALETTES = [
    ("#0b5261", "#f6b73c", "#bfe0d8"), ("#47478f", "#f5a78f", "#d9d9f3"), ("#9c3a22", "#f6c873", "#fbe0d4"),
    ("#1b6647", "#f1d387", "#bfe6cf"), ("#12272c", "#7fd0d6", "#f6b73c"), ("#bfdcda", "#0b5261", "#9c3a22"),
    ("#f8dfa4", "#47478f", "#0b5261"), ("#c9c9ee", "#12272c", "#9c3a22"),
]  # fmt: skip
CORNERS = ((0, 0), (20, 0), (0, 20), (20, 20))


def _tile(kind: int, x: int, y: int) -> str:
    return (
        f"M{x} {y}h20a20 20 0 0 1-20 20z",
        f"M{x + 20} {y}v20a20 20 0 0 1-20-20z",
        f"M{x + 20} {y + 20}h-20a20 20 0 0 1 20-20z",
        f"M{x} {y + 20}v-20a20 20 0 0 1 20 20z",
        f"M{x + 10} {y + 2}a8 8 0 1 0 .1 0z",
        f"M{x} {y}h20l-20 20z",
        f"M{x} {y + 10}a10 10 0 0 1 20 0v10h-20z",
    )[kind % 7]


@lru_cache(maxsize=4096)
def avatar(account_id: int, shuffle: int = 0, size: str = "") -> SafeString:
    """An SVG for an account; made from its id and a number the person can change, never from the name.

    `size` is "", "sm" or "lg".
    """
    digest = hashlib.sha256(f"{account_id}:{shuffle}".encode()).digest()
    ground, *inks = PALETTES[digest[0] % len(PALETTES)]
    tiles = "".join(
        f'<path fill="{inks[digest[i + 6] % 2]}" d="{_tile(digest[i + 1], x, y)}"/>' for i, (x, y) in enumerate(CORNERS)
    )
    name = f"avatar avatar--{size}" if size else "avatar"
    return mark_safe(  # noqa: S308 - made of our own numbers and colours only
        f'<svg class="{name}" viewBox="0 0 40 40" aria-hidden="true"><path fill="{ground}" d="M0 0h40v40H0z"/>{tiles}</svg>'
    )
