"""What stands in the cache's table: limits on signing in are counted under addresses, and an address must not be readable there."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.db import connection
from django.utils import timezone


def scrambled(key: str, prefix: str, version: int) -> str:
    """A cache key under which nobody who reads the table finds what it was made from (HMAC-SHA256 with the site's secret)."""
    words = f"{prefix}:{version}:{key}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), words, hashlib.sha256).hexdigest()


def forget_expired() -> int:
    """Delete what has expired, and give how many; the cache itself only does so when it is full."""
    table = str(settings.CACHES["default"].get("LOCATION", ""))
    if "DatabaseCache" in settings.CACHES["default"]["BACKEND"]:  # Redis forgets by itself
        with connection.cursor() as cursor:
            quoted = connection.ops.quote_name(table)
            now = timezone.now().replace(tzinfo=None) if not connection.features.supports_timezones else timezone.now()
            expired = connection.ops.adapt_datetimefield_value(now)
            cursor.execute(f"DELETE FROM {quoted} WHERE expires < %s", [expired])  # noqa: S608 - our own table's name
            return int(cursor.rowcount)
    return 0
