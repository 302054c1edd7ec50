from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class HouseConfig(AppConfig):
    name = "harmreduction"
    verbose_name = _("Upkeep of the site")

    def ready(self) -> None:
        from django.contrib.sessions.models import Session
        from django.db.models.signals import post_delete

        post_delete.connect(forget_session, sender=Session)
        if settings.SENTRY_DSN:
            from harmreduction import reporting

            reporting.start(settings.SENTRY_DSN)


def forget_session(instance: Any, **kwargs: Any) -> None:
    """End a session in the cache too when its row goes, whoever deleted it. (Django's own signal; ours are functions.)"""
    if settings.SESSION_ENGINE == "django.contrib.sessions.backends.cached_db":
        from django.contrib.sessions.backends.cached_db import KEY_PREFIX
        from django.core.cache import caches

        caches[settings.SESSION_CACHE_ALIAS].delete(KEY_PREFIX + instance.session_key)
