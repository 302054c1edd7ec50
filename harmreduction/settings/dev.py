"""`make dev`: debug pages, files served as they are on disk."""

from harmreduction.settings.base import *  # noqa: F403

DEBUG = True
ALLOWED_HOSTS = ["*"]
STORAGES = {  # no fingerprints, so that an edited stylesheet shows at once
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PAGES_KEPT = 0  # an edited template shows at once
STYLESHEET_BUNDLED = False
