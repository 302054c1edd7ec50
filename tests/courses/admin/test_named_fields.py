"""In the tables of a form each field says what it is, for who cannot see the head of its column."""

from __future__ import annotations

import re

import pytest

from courses.models import Course, Step

pytestmark = pytest.mark.django_db


def unnamed(page: str) -> list[str]:
    """Visible fields with neither a label nor a name of their own."""
    fields = re.findall(r'<(?:input|select|textarea)\b[^>]*\bid="id_[^>]*>', page)
    labelled = set(re.findall(r'<label[^>]*\bfor="([^"]+)"', page))
    seen = [f for f in fields if 'type="hidden"' not in f]
    assert len(seen) > 15
    return [f for f in seen if "aria-label" not in f and re.search(r'id="([^"]+)"', f)[1] not in labelled]


def test_every_field_of_a_step_and_its_parts_is_named(as_editor, course):
    step = Step.objects.get(slug="one-a")
    page = as_editor.get(f"/admin/courses/step/{step.pk}/change/").text
    assert unnamed(page) == []
    assert 'aria-label="Position, 1"' in page or 'aria-label="Title, 1"' in page


def test_every_field_of_a_course_and_its_roles_is_named(as_editor, course):
    page = as_editor.get(f"/admin/courses/course/{Course.objects.get().pk}/change/").text
    assert unnamed(page) == []
