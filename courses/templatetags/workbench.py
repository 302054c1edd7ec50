"""What the first page of the admin shows beside the lists: the courses that somebody writes."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib import admin
from django.template import Context

from courses.models import Course
from courses.publishing import state_words

register = template.Library()
register.filter("state_words", state_words)

SHOWN = 10  # a site may have a hundred courses


@register.simple_tag(takes_context=True)
def my_courses(context: Context) -> dict[str, Any]:
    """The first `courses` whose trees this person may open, in their order, whether there are `more`, and whether they may make one."""
    request: Any = context["request"]
    manager = admin.site.get_model_admin(Course)
    if not manager.has_view_or_change_permission(request):
        return {}
    own = manager.get_queryset(request).only("title", "slug", "published", "publish_at").order_by("position", "pk")
    found = list(own[: SHOWN + 1])
    return {"courses": found[:SHOWN], "more": len(found) > SHOWN, "may_add": manager.has_add_permission(request)}
