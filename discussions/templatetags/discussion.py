"""{% discussion step %}: how a page of another app shows what people say about a step."""

from __future__ import annotations

from django import template
from django.template import Context

from courses.models import Step
from courses.templatetags.page import hole

register = template.Library()


@register.simple_tag(takes_context=True)
def discussion(context: Context, step: Step) -> str:
    found: str = hole(context, "discussions.holes.discussion", step=step.pk, base=step.get_absolute_url())
    return found
