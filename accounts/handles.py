"""What a handle may look like: a name of one's own choosing that reads as one thing and stands for nobody else."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MIN_LENGTH, MAX_LENGTH = 2, 30
RESERVED = {
    "admin", "administrator", "moderator", "educator", "staff", "support", "system", "root", "anonymous", "everyone",
    "course team", "the course team", "deleted", "someone",
}  # fmt: skip
ALLOWED_MARKS = set(" ._-'’")


def tidy(handle: str) -> str:
    """The handle in Unicode's composed form (NFKC), with single spaces and none at the ends."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", handle)).strip()


def validate_handle(handle: str) -> None:
    """Raise ValidationError, with a reason a person can act on, unless the (tidied) handle may be used."""
    if not MIN_LENGTH <= len(handle) <= MAX_LENGTH:
        raise ValidationError(
            _("Choose a name of %(min)d to %(max)d characters."),
            code="length",
            params={"min": MIN_LENGTH, "max": MAX_LENGTH},
        )
    odd = sorted({c for c in handle if not (unicodedata.category(c)[0] in "LMN" or c in ALLOWED_MARKS)})
    if odd:
        raise ValidationError(
            _("A name can have letters, digits, spaces and . _ - ' in it, but not: %(odd)s"),
            code="characters",
            params={"odd": " ".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in odd)},
        )
    if not any(unicodedata.category(c)[0] in "LN" for c in handle):
        raise ValidationError(_("A name needs at least one letter or digit."), code="letters")
    if re.sub(r"[^\w]+|_+", " ", handle.casefold()).strip() in RESERVED:
        raise ValidationError(
            _("“%(handle)s” could be taken for a role on this site. Choose another name."),
            code="reserved",
            params={"handle": handle},
        )
