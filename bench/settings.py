"""The embedded site with one more address: a bare view that returns a step page's bytes as a constant."""

from harmreduction.settings.base import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # people are made by the hundred here
WRITE_LIMITS = ACCOUNT_RATE_LIMITS = False  # what is measured is the site, not its bounds
