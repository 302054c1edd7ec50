"""The link that shows a draft to reviewers without an account: for some days, made and ended beside the form of what it shows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses import draft_links
from courses.admin.pages import OwnPagesAdmin
from courses.models import Course


class DraftLinkAdmin(OwnPagesAdmin):
    """Adds the page about the preview links of a course, week, topic or step."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.link_view))
        return [path("<int:pk>/link/", view, name=f"courses_{self.opts.model_name}_link"), *super().get_urls()]

    def link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a link for 1, 7 or 30 days (POST `days`), or end all that were made (POST `end`)."""
        row: Any = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        if getattr(row, "retired_at", None):
            raise Http404
        link = ""
        if "end" in request.POST:
            draft_links.end_links(row)
            self.message_user(
                request, _("All preview links of “%(title)s” have ended.") % {"title": row.title}, messages.SUCCESS
            )
            return HttpResponseRedirect(request.path)
        if request.method == "POST":
            days = {str(days): days for days in draft_links.DAYS}.get(request.POST.get("days", ""), 7)
            link = request.build_absolute_uri(draft_links.link_to(row, days=days))
        title = _("Preview link of “%(title)s”") % {"title": row.title}
        course = row if isinstance(row, Course) else row.course
        about = {"row": row, "course": course, "link": link, "days": draft_links.DAYS}
        response = self.own_page(request, "link", title, about)
        response["Cache-Control"] = "no-store"
        return response
