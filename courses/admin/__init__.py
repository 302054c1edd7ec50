"""The educators' workbench: Django's admin, with the checks of content files, a preview, and buttons that put things in order."""

from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from courses.admin import outline

__all__ = ["outline"]

admin.site.site_header = settings.SITE_NAME
admin.site.site_title = settings.SITE_NAME
admin.site.index_title = _("Course and people")
