"""What is wrong with a course's files, said to the person who wrote them: where it is, what it is, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend. `path` is relative to the content folder, `line` counts from 1, `field` is dotted ("figures.0.alt")."""

    path: str
    line: int
    message: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class ContentErrors(Exception):
    """A course cannot be loaded; `problems` says everything that stands in the way."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
