"""Words that push people aside, with better ones: `check_content` warns about them, in the authors' own sentences only.

content/STYLE.md shows the same table to authors (a test compares the two). It is about English; courses in other languages need one of
their own. What stands in quotation marks, in a plain quote or in code is somebody else's; so are names ("Network of Drug Users") and
the titles of sources. A step that is about such words says `quotes_stigma: true`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from courses.content.errors import Problem
from courses.content.explaining import dotted
from courses.content.markers import without_code
from courses.content.sources import CourseSource, Document, Location, StepSource, mapping


@dataclass(frozen=True)
class Advice:
    """Words to leave, what to write instead, and the reason."""

    leave: str  # all forms, with commas between them
    better: str
    why: str

    @property
    def forms(self) -> list[str]:
        return self.leave.split(", ")


TABLE = (
    Advice(
        "drug user, drug users, drug addict, drug addicts, addict, addicts, junkie, junkies, "
        "abuser, abusers, drug abuser, drug abusers, substance abuser, substance abusers",
        "person who uses drugs, people who use drugs",
        "the person comes first; a label takes over a whole identity",
    ),
    Advice(
        "injector, injectors, shooters",
        "people who inject drugs",
        "the person comes first; a label takes over a whole identity",
    ),
    Advice(
        "drug abuse, drug misuse, substance abuse, substance misuse",
        "drug use",
        "“abuse” carries blame, and is wrong for most use",
    ),
    Advice(
        "addiction, addictions, drug habit, drug habits",
        "dependence; in a clinic, substance use disorder",
        "it says more exactly what is meant, and weighs less",
    ),
    Advice(
        "substitution therapy, substitution treatment, substitution programme, "
        "substitution programmes, opioid substitution, replacement therapy, replacement treatment",
        "opioid agonist therapy, opioid agonist treatment",
        "it is treatment, and not one drug swapped for another",
    ),
    Advice(
        "clean needle, clean needles, clean syringe, clean syringes, clean equipment, "
        "clean injecting, dirty needle, dirty needles, dirty syringe, dirty syringes, "
        "dirty equipment",
        "sterile, used",
        "“clean” implies that people are dirty",
    ),
    Advice(
        "clean test, clean tests, clean urine, dirty test, dirty tests, dirty urine",
        "a negative test, a positive test",
        "“clean” implies that people are dirty",
    ),
    Advice(
        "got clean, get clean, gets clean, getting clean, stay clean, stays clean, staying clean, "
        "stayed clean, clean and sober",
        "stopped using, not using at present",
        "“clean” implies that people are dirty",
    ),
    Advice(
        "fell off the wagon, fall off the wagon, falls off the wagon, falling off the wagon",
        "started using again",
        "it tells what happened and passes no verdict",
    ),
    Advice(
        "shooting gallery, shooting galleries",
        "drug consumption room, overdose prevention centre",
        "it says what the place is",
    ),
    Advice(
        "prostitute, prostitutes",
        "sex worker",
        "it respects work and dignity",
    ),
    Advice(
        "drug mother, drug mothers, crack baby, crack babies",
        "women who use drugs and are pregnant or parenting",
        "the words turn people into a stereotype that does harm",
    ),
    Advice(
        "inmate, inmates, convict, convicts, offender, offenders",
        "people in prison",
        "the person comes first; keep it only as a term of law",
    ),
    Advice(
        "bad drugs, good drugs",
        "unsafe supply, adulterated supply",
        "drugs are not good or bad; what is done with them differs",
    ),
    Advice(
        "illegal drug, illegal drugs",
        "controlled drugs, unregulated drugs; “illegal” only where the law is the point",
        "it says which law is meant",
    ),
    Advice(
        "at-risk group, at-risk groups, high-risk group, high-risk groups, high-risk people, "
        "high-risk population, high-risk populations, target group, target groups",
        "key populations, communities most affected",
        "the risk lies in conditions and not in people",
    ),
    Advice(
        "these people, such people",
        "“we”, “they”, or their name for themselves",
        "it sets people apart",
    ),
    Advice(
        "drug death, drug deaths, overdose victim, overdose victims, victim of addiction",
        "died of an overdose",
        "the dead have dignity too",
    ),
    Advice(
        "third world, beneficiary, beneficiaries",
        "the name of the country; partners",
        "it respects those who do the work",
    ),
)
# Fields that hold no sentence of the author: ids, files, addresses, the names of others, and the forms that a glossary looks for.
NOT_WORDS = {
    *("id", "kind", "slug", "file", "url", "step", "source", "name", "licence", "language", "also"),
    *("script", "film", "audio", "poster", "chapters"),
}
TITLES_OF_OTHERS = "see_also"

_QUOTE = re.compile(r"^[ \t]*>[ \t]*(\[!)?[^\n]*(?:\n[ \t]*>[^\n]*)*", re.MULTILINE)  # with a mark it is a box of ours
_QUOTATION = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"]*\"|(?<!\w)‘[^‘\n]*?’(?!\w)")
_NOT_TEXT = re.compile(r"\]\([^()\s]*\)|https?://\S+|\[\^[\w-]+\]")
_NOT_A_LINE_END = re.compile(r"[^\n]")

_ADVICE = {form: advice for advice in TABLE for form in advice.forms}
_PATTERN = re.compile(
    r"(?<!\w)(?:"
    + "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in sorted(_ADVICE, key=len, reverse=True))
    + r")(?!\w)",
    re.IGNORECASE,
)


def language_warnings(source: CourseSource) -> list[Problem]:
    """What a course says in words it had better leave, in order of place. Only courses in English are looked at."""
    course = source.document
    language = mapping(course.data if course else None).get("language", "en")
    if not isinstance(language, str) or language.split("-")[0] != "en":
        return []
    return sorted({*_in_course(source)})


def _in_course(source: CourseSource) -> Iterator[Problem]:
    documents = [source.document, source.glossary]
    for week in source.weeks:
        documents.append(week.document)
        for topic in week.topics:
            documents.append(topic.document)
            for step in topic.steps:
                yield from _in_step(step, topic.scripts)
    for document in documents:
        if document:
            yield from _in_fields(document)


def _in_step(step: StepSource, scripts: Any) -> Iterator[Problem]:
    data = mapping(step.document.data)
    if data.get("quotes_stigma") is True:
        return
    yield from _in_fields(step.document)
    yield from _in_text(step.body, step.document.path, step.body_line)
    script = scripts.get(mapping(data.get("video")).get("script"))
    if script and script.text:
        yield from _in_text(script.text, script.path, 1)


def _in_fields(document: Document) -> Iterator[Problem]:
    for location, text in _texts(document.data, ()):
        for problem in _in_text(text, document.path, 1):
            yield Problem(document.path, document.line_of(location), problem.message, dotted(location))


def _texts(value: Any, location: Location) -> Iterator[tuple[Location, str]]:
    """The sentences among a document's fields, with their places."""
    if isinstance(value, str):
        yield location, value
        return
    entries: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for name, entry in entries:
        is_title_of_another = name == "title" and location[:1] == (TITLES_OF_OTHERS,)
        if name not in NOT_WORDS and not is_title_of_another:
            yield from _texts(entry, (*location, name))


def _in_text(text: str, path: str, first_line: int) -> Iterator[Problem]:
    words = _authors_own(text)
    for match in _PATTERN.finditer(words):
        found = " ".join(match[0].split())
        if " " in found and found.istitle():  # a name, which is theirs to choose
            continue
        advice = _ADVICE[found.lower()]
        line = first_line + words.count("\n", 0, match.start())
        yield Problem(path, line, f"“{found}”: better {advice.better}; {advice.why}")


def _authors_own(text: str) -> str:
    """The text with what is somebody else's turned into spaces, so that lines keep their numbers."""
    text = _QUOTE.sub(lambda match: match[0] if match[1] else _blank(match), without_code(text))
    return "\n\n".join(_QUOTATION.sub(_blank, _NOT_TEXT.sub(_blank, block)) for block in text.split("\n\n"))


def _blank(match: re.Match[str]) -> str:
    return _NOT_A_LINE_END.sub(" ", match[0])
