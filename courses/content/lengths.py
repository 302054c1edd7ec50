"""Warnings about length: texts that few people finish on a phone, and steps whose minutes do not fit their words.

They are advice for authors, as those about words are (see `language`): `check_content` shows them and loading passes over them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from courses.content.errors import Problem
from courses.content.markers import without_code
from courses.content.script import transcript_of
from courses.content.sources import CourseSource, ScriptSource, StepSource, mapping

WRITTEN = ("article", "case-study", "summary")  # kinds that are read from beginning to end
MOST_WORDS = 900
LEAST_WORDS = 100  # with fewer a text has only been begun
SLOWEST, FASTEST = 40, 110  # words a minute: somebody who reads in a second language, and somebody in a hurry
SPOKEN = 150  # words a minute, at most
MOST_QUESTIONS = 3

_TARGET = re.compile(r"\]\([^()\s]*\)|https?://\S+|\[\^[\w-]+\]")
_WORD = re.compile(r"[^\W_]+(?:['’.,:/-][^\W_]+)*")


def length_warnings(source: CourseSource) -> list[Problem]:
    """What is too long or too short, in order of place."""
    return sorted(
        problem
        for week in source.weeks
        for topic in week.topics
        for step in topic.steps
        for problem in _in_step(
            step, topic.scripts.get(str(mapping(mapping(step.document.data).get("video")).get("script")))
        )
    )


def words_in(text: str) -> int:
    """How many words somebody reads in a text: those of tables and boxes too, not those of addresses and code."""
    return len(_WORD.findall(_TARGET.sub(" ", without_code(text))))


def _in_step(step: StepSource, script: ScriptSource | None) -> Iterator[Problem]:
    data = mapping(step.document.data)
    minutes = data.get("minutes")
    if not isinstance(minutes, int) or not minutes:  # then there is a problem already
        return

    def warn(field: str, message: str) -> Problem:
        return Problem(step.document.path, step.document.line_of((field,)), message, field)

    words = words_in(step.body)
    if data.get("kind") in WRITTEN and words >= LEAST_WORDS:
        if words > MOST_WORDS:
            yield Problem(
                step.document.path,
                step.body_line,
                f"the text has {words} words; more than {MOST_WORDS} are hard to finish on a phone: cut it, or make two steps of it",
            )
        if not SLOWEST <= words / minutes <= FASTEST:
            yield warn(
                "minutes",
                f"minutes is {minutes}, and the text has {words} words; people read {SLOWEST} to {FASTEST} a minute, thinking included",
            )
    if script and script.text:
        spoken = sum(words_in(line.text) for line in transcript_of(script.text))
        if spoken > minutes * SPOKEN:
            yield warn(
                "minutes",
                f"minutes is {minutes}, and the script has {spoken} words, which take {-(-spoken // SPOKEN)} minutes to say",
            )
    questions = data.get("reflect")
    if isinstance(questions, list) and len(questions) > MOST_QUESTIONS:
        yield warn("reflect", f"there are {len(questions)} questions to think about; {MOST_QUESTIONS} are enough")
