"""A public server. Refuses to start, with one list of everything that is missing, instead of running unsafely."""

from django.core.exceptions import ImproperlyConfigured

from harmreduction import env
from harmreduction.settings.base import *  # noqa: F403
from harmreduction.settings.base import ALLOWED_HOSTS, SECRET_KEY

missing = []
if not env.text("SECRET_KEY") or len(SECRET_KEY) < 50:
    missing.append("SECRET_KEY: at least 50 random characters, kept out of the repository.")
if not env.text("ALLOWED_HOSTS") or "*" in ALLOWED_HOSTS:
    missing.append("ALLOWED_HOSTS: the names under which the site is reached, separated by commas.")
if not env.text("DATA_DIR"):
    missing.append("DATA_DIR: a folder that is backed up, for the database and uploads.")
if missing:
    raise ImproperlyConfigured("Set these before starting:\n  " + "\n  ".join(missing))

SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
if env.number("PROXIES", 0):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
