"""Rows of a table in the admin, whose fields say what they are: the heads of columns alone are no labels (WCAG 2.2, 4.1.2)."""

from __future__ import annotations

from typing import Any

from django import forms


class NamedRows(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Names each field for who cannot see its column: "Title, 2"."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if field.label and not field.widget.is_hidden:
                name = str(field.label)[:1].upper() + str(field.label)[1:]
                field.widget.attrs.setdefault("aria-label", name if index is None else f"{name}, {index + 1}")
