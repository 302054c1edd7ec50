"""A public server. Refuses to start, with one list of everything that is missing, instead of running unsafely."""

from harmreduction import env

# Before `base`, which ends by saying all that was wrong at once.
if len(env.text("SECRET_KEY")) < 50 or len(set(env.text("SECRET_KEY"))) < 5:
    env.problems.append(
        "SECRET_KEY: at least 50 random characters, kept out of the repository. "
        "`python -c 'import secrets; print(secrets.token_urlsafe(50))'` makes one."
    )
if not env.text("ALLOWED_HOSTS") or any(name.startswith("*") for name in env.words("ALLOWED_HOSTS")):
    env.problems.append("ALLOWED_HOSTS: the names under which the site is reached, separated by commas.")
if not env.text("DATA_DIR").startswith("/"):
    env.problems.append("DATA_DIR: a folder, named from the root, that is backed up; for the database and uploads.")
if not env.text("EMAIL_URL") or env.text("EMAIL_URL").startswith("console:"):
    env.problems.append("EMAIL_URL: smtp://user:password@host:587, or none: when the site shall send no e-mail.")
if any(not origin.startswith("https://") for origin in env.words("CSRF_TRUSTED_ORIGINS")):
    env.problems.append("CSRF_TRUSTED_ORIGINS: only addresses that begin with https://.")
if not env.text("QUICK_EXIT_URL", "https://").startswith("https://"):
    env.problems.append("QUICK_EXIT_URL: an address that begins with https://.")

SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
if not SECURE_SSL_REDIRECT and not env.number("PROXIES", 0):
    env.problems.append("SECURE_SSL_REDIRECT: may be 0 only behind a proxy that ends TLS; then set PROXIES=1.")

from harmreduction.settings.base import *  # noqa: E402, F403

if env.number("PROXIES", 0):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
