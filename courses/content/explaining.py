"""Says in an author's words where fields do not have the shape they should have."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from courses.content.errors import Problem
from courses.content.sources import Document, Location

Shaped = TypeVar("Shaped", bound=BaseModel)

HINTS = {
    "alt": "describe the picture for someone who cannot see it",
    "why": "say why this answer is a good one, or why another is better",
}


def shaped(source: Document, shape: type[Shaped], problems: list[Problem]) -> Shaped | None:
    """The document in its shape; None where it has another, and every problem is noted with its line."""
    if source.data is None:
        return None
    try:
        return shape.model_validate(source.data)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            location = details["loc"]
            message = _explain(details, shape)
            problems.append(Problem(source.path, source.line_of(location), message, dotted(location)))
        return None


def _explain(error: ErrorDetails, shape: type[BaseModel]) -> str:
    """A validation error in words for an author."""
    location, given, limits = error["loc"], error["input"], error.get("ctx", {})
    name = dotted(location)
    last = str(location[-1]) if location else ""
    if error["type"] == "extra_forbidden":
        known = _fields_at(shape, location[:-1])
        hint = did_you_mean(last, known) or f"; the fields here are {', '.join(known)}"
        return f'unknown field "{last}"{hint}'
    if error["type"] == "missing":
        missing = f'"{last}" is missing'
        inside = f" in {dotted(location[:-1])}" if location[:-1] else ""
        hint = f"; {HINTS[last]}" if last in HINTS else ""
        return f'{missing}{inside}; add a line "{last}: …"{hint}'
    if given is None or given == "" or error["type"] in ("string_too_short", "too_short"):
        return f"{name} is empty; {HINTS.get(last, 'write it, or leave the line out')}"
    match error["type"]:
        case "string_type":
            return f"{name} must be text; if {given!r} is meant as text, put it in quotes"
        case "int_type" | "int_from_float":
            return f"{name} must be a whole number and nothing else, without quotes, not {given!r}"
        case "float_type":
            return f"{name} must be a number and nothing else, without quotes, not {given!r}"
        case "bool_type":
            return f"{name} must be true or false, not {given!r}"
        case "list_type":
            return f'{name} must be a list, in which each entry begins with "- "'
        case "model_type":
            return f'{name} must have fields below it, each on its line as "name: value"'
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", limits["expected"])
            return (
                f'{name} "{given}" does not exist; it is one of {", ".join(allowed)}{did_you_mean(str(given), allowed)}'
            )
        case "too_long":
            return f"{name} has {len(given)} entries; at most {limits['max_length']} fit"
        case "string_too_long":
            return f"{name} has {len(given.strip())} characters; at most {limits['max_length']} fit, shorten it"
        case "greater_than_equal":
            return f"{name} is {given}; it must be at least {limits['ge']}"
        case "less_than_equal":
            return f"{name} is {given}; it must be at most {limits['le']}"
        case "string_pattern_mismatch" if last == "language":
            return f'{name} "{given}" is no language code; write one like en or pt-BR'
        case "string_pattern_mismatch":
            return f'{name} "{given}" must have only lower-case letters, digits and single hyphens, as in "first-step"'
        case "value_error":
            return f"{name} {limits['error']}"
        case _:
            return f"{name}: {error['msg']}"


def _fields_at(shape: type[BaseModel], location: Location) -> list[str]:
    """The names of the fields that may stand at a place."""
    for name in location:
        if isinstance(name, str):
            shape = next(_shapes_in(shape.model_fields[name].annotation))
    return list(shape.model_fields)


def _shapes_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _shapes_in(argument)


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """A question for the nearest of the known words, to stand behind a message; empty where none is near."""
    known = list(known)
    in_other_letters = [word for word in known if word.casefold() == given.casefold()]
    close = in_other_letters or difflib.get_close_matches(given, known, n=1)
    return f'; did you mean "{close[0]}"?' if close else ""


def dotted(location: Location) -> str:
    """A place in a document as authors read it: "figures.0.alt"."""
    return ".".join(str(part) for part in location)
