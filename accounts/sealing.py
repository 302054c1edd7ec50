"""What only this site can read or make: locked and scrambled with its secret, and with earlier ones where it has had others."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def _secrets() -> list[str]:
    """The site's secret, then those it had before (SECRET_KEY_FALLBACKS)."""
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


def box(purpose: str) -> MultiFernet:
    """Locks with the secret of today, opens with earlier ones too; what was locked for another purpose it does not open."""
    digests = (hashlib.sha256(f"{purpose}:{secret}".encode()).digest() for secret in _secrets())
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def scrambled(words: str) -> list[str]:
    """A form of the words that nobody can turn back (HMAC-SHA256): as it is made today, then as it was made with earlier secrets."""
    return [hmac.new(secret.encode(), words.encode(), hashlib.sha256).hexdigest() for secret in _secrets()]
