"""For tests: memory instead of files, quick password hashing; everything else as it is served."""

import os
import tempfile
from pathlib import Path

from harmreduction import env

for name in ("DATABASE_URL", "CACHE_URL", "MEDIA_STORAGE", "EMAIL_URL", "METRICS_TOKEN", "SENTRY_DSN"):
    os.environ.pop(name, None)  # what serves people is never what a test writes to
os.environ.setdefault("SECRET_KEY", "only-for-tests-and-protects-nothing")
os.environ.setdefault("CERTIFICATE_KEY", "only-for-tests-and-vouches-for-nothing")

from harmreduction.settings.base import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# SQLite in memory, or what TEST_DATABASE_URL says: postgresql://user@host/name makes test_name there.
DATABASES = {"default": env.database("TEST_DATABASE_URL", Path(":memory:"))}
if not env.text("TEST_DATABASE_URL"):
    DATABASES["default"] |= {"NAME": ":memory:", "OPTIONS": {"transaction_mode": "IMMEDIATE"}}
env.finish()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "harmreduction.cache_keys.scrambled",
    }
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = Path(tempfile.gettempdir()) / "harmreduction-test-media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
ACCOUNT_RATE_LIMITS = False  # type: ignore[assignment] # allauth's word for none
WRITE_LIMITS = False  # tests of the limits switch them on
STYLESHEET_BUNDLED = False
