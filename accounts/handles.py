"""What a handle may look like: a name of one's own choosing that reads as one thing and stands for nobody else."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.lookalikes import INVISIBLE, bare, is_mixed

MIN_LENGTH, MAX_LENGTH = 2, 30
# As the whole name, in any spelling.
RESERVED = {
    bare(name) for name in (
        "staff", "support", "system", "root", "anonymous", "everyone", "course team", "the course team", "deleted", "someone", "owner",
        "help", "official", "webmaster", "security", "safety", "you", "me",
    )
}  # fmt: skip
# As any word of the name, in any spelling: nobody may speak as if they ran the site.
ROLES = {
    bare(word) for word in (
        "admin", "admins", "administrator", "administrators", "administrador", "administrateur", "admin team", "администратор", "админ",
        "moderator", "moderators", "moderador", "modérateur", "модератор", "educator", "educators", "sysadmin", "superuser",
    )
}  # fmt: skip
ALLOWED_MARKS = set(" ._-'’")
STACKED_MARKS = re.compile(r"(?:M){4,}")


def _looks(words: str) -> set[str]:
    """As written and in small letters: in other alphabets a capital may look like another letter than its small one."""
    return {bare(words), bare(words.casefold())}


def tidy(handle: str) -> str:
    """The handle in Unicode's composed form (NFKC), with single spaces and none at the ends.

    Only as much is looked at as a name could need, so that a name of a megabyte costs nothing.
    """
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", handle[: 10 * MAX_LENGTH])).strip()


def spellings(handle: str) -> set[str]:
    """The handle with the capitals that people give it: SQLite compares without regard to case in plain Latin letters only."""
    return {handle, handle.lower(), handle.upper(), handle.title(), handle.capitalize()}


def validate_handle(handle: str) -> None:
    """Raise ValidationError, with a reason a person can act on, unless the (tidied) handle may be used."""
    if not MIN_LENGTH <= len(handle) <= MAX_LENGTH:
        raise ValidationError(
            _("Choose a name of %(min)d to %(max)d characters."),
            code="length",
            params={"min": MIN_LENGTH, "max": MAX_LENGTH},
        )
    kinds = "".join(unicodedata.category(c)[0] for c in handle)
    odd = sorted(
        {c for c in handle if c in INVISIBLE or not (unicodedata.category(c)[0] in "LMN" or c in ALLOWED_MARKS)}
    )
    if odd:
        raise ValidationError(
            _("A name can have letters, digits, spaces and . _ - ' in it, but not: %(odd)s"),
            code="characters",
            params={"odd": " ".join(c if c.isprintable() and c not in INVISIBLE else f"U+{ord(c):04X}" for c in odd)},
        )
    if not set(kinds) & set("LN"):
        raise ValidationError(_("A name needs at least one letter or digit."), code="letters")
    if STACKED_MARKS.search(kinds) or kinds.startswith("M"):
        raise ValidationError(_("There are too many marks on one letter for others to read the name."), code="marks")
    if is_mixed(handle):
        raise ValidationError(
            _("The letters come from different alphabets, which lets a name pass for another. Use one alphabet."),
            code="mixed",
        )
    if _looks(handle) & (RESERVED | ROLES) or any(_looks(word) & ROLES for word in re.split(r"[\s._\-'’]+", handle)):
        raise ValidationError(
            _("“%(handle)s” could be taken for a role on this site. Choose another name."),
            code="reserved",
            params={"handle": handle},
        )
