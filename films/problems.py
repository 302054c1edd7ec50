"""What stops a film from being made, in words for the author of its script."""

from __future__ import annotations


class FilmProblem(Exception):
    """One film cannot be made; the others can. The message says where and how to mend it."""


class ToolMissing(Exception):
    """A program that every film needs is not on this machine."""
