"""Judges one step: its fields, its files, and what its text refers to."""

from __future__ import annotations

import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from courses.content import rendering
from courses.content.checking_media import CheckedFile, MediaChecker
from courses.content.checking_quiz import check_quiz
from courses.content.complexity import TooComplex
from courses.content.errors import Problem
from courses.content.explaining import did_you_mean, dotted, shaped
from courses.content.schema import Kind, StepDocument
from courses.content.sources import Document, Location, ScriptSource, StepSource, StoredFile, mapping, mappings
from courses.content.transcripts import not_in_captions, unspoken

LONGEST_SLUG = 80
FIGURE = "figure:"
CHART = "chart:"


@dataclass(frozen=True)
class CheckedStep:
    path: str
    document: StepDocument
    slug: str
    position: int
    body: str
    script: str
    files: Mapping[str, CheckedFile]  # by the name the step gives them


def check_step(
    source: StepSource,
    *,
    step_ids: Collection[str],
    scripts: Mapping[str, ScriptSource] | None = None,
    media: Mapping[str, StoredFile] | None = None,
) -> tuple[CheckedStep | None, list[Problem]]:
    """One step by itself. `step_ids` are the steps of the course it may link to.

    Without `scripts` and `media` the names of files are taken as they are: a form checks its uploads itself.
    """
    problems: list[Problem] = []
    step = StepChecker(source, problems, step_ids, scripts, MediaChecker(media, problems)).check()
    return (None if problems else step), sorted(set(problems))


class StepChecker:
    """One step. Looks at the fields as they were written, so that a wrong one does not hide what else is wrong."""

    def __init__(
        self,
        source: StepSource,
        problems: list[Problem],
        step_ids: Collection[str],
        scripts: Mapping[str, ScriptSource] | None,
        media: MediaChecker,
        language: str = "en",
    ) -> None:
        self.source = source
        self.language = language
        self.problems = problems
        self.step_ids = step_ids
        self.scripts = scripts
        self.media = media
        self.files: dict[str, CheckedFile] = {}
        self.data = mapping(source.document.data)

    def check(self) -> CheckedStep | None:
        source = self.source
        self.check_step_links()
        if source.document.data is None:
            return None
        document = shaped(source.document, StepDocument, self.problems)
        slug = slug_of(source)
        if slug == source.name and len(slug) > LONGEST_SLUG:
            self.problem(
                ("slug",), f'the file\'s name is longer than {LONGEST_SLUG} characters; shorten it, or add a "slug"'
            )
        self.check_ids()
        script = self.check_video()
        for index, figure in mappings(self.data.get("figures")):
            self.take_file(("figures", index, "file"), figure.get("file"), self.media.picture)
        self.check_resources()
        self.check_quiz()
        self.check_body()
        if document is None or slug is None:
            return None
        return CheckedStep(source.document.path, document, slug, source.number, source.body, script, self.files)

    def check_ids(self) -> None:
        """Figures, charts, questions (of a worksheet too) and references have ids that differ in a step; captions, languages."""
        for part in ("figures", "charts", "reflect", "worksheet", "quiz", "references"):
            self.check_differ((part,), self.data.get(part), "id")
        asked = {entry.get("id") for _, entry in mappings(self.data.get("reflect"))}
        for index, entry in mappings(self.data.get("worksheet")):
            if isinstance(entry.get("id"), str) and entry["id"] in asked:
                message = f'worksheet: the id "{entry["id"]}" is already that of a question under "reflect"'
                self.problem(("worksheet", index, "id"), f"{message}; give each its own")
        self.check_differ(("video", "captions"), mapping(self.data.get("video")).get("captions"), "language")

    def check_differ(self, location: Location, entries: Any, name: str) -> None:
        first: dict[str, int] = {}
        for index, entry in mappings(entries):
            value = entry.get(name)
            if not isinstance(value, str):
                continue
            here = (*location, index, name)
            if value in first:
                message = f'the {name} "{value}" stands here a second time, first on line {first[value]}'
                self.problem(here, f"{dotted(location)}: {message}; give each its own")
            first.setdefault(value, self.source.document.line_of(here))

    def check_video(self) -> str:
        """The video's files; returns the script."""
        if "video" not in self.data:
            return ""
        if self.data.get("kind") in typing.get_args(Kind) and self.data["kind"] != "video":
            self.problem(("video",), f'"video" belongs to steps with "kind: video"; this one is "{self.data["kind"]}"')
        video = mapping(self.data["video"])
        self.take_file(("video", "film"), video.get("film"), self.media.film)
        self.take_file(("video", "audio"), video.get("audio"), self.media.audio)
        self.take_file(("video", "poster"), video.get("poster"), self.media.picture)
        self.take_file(("video", "chapters"), video.get("chapters"), self.media.chapters)
        in_our_language = None
        for index, caption in mappings(video.get("captions")):
            checked = self.take_file(("video", "captions", index, "file"), caption.get("file"), self.media.captions)
            if caption.get("language") == self.language:
                in_our_language = in_our_language or checked
        name = video.get("script")
        if self.scripts is None or not isinstance(name, str):
            return ""
        script = self.scripts.get(name)
        if script is None:
            hint = did_you_mean(name, self.scripts)
            message = f'script: there is no "{name}" beside this step; its name must end in ".script.md"{hint}'
            self.problem(("video", "script"), message)
        elif script.text and in_our_language:
            self.check_spoken(script, script.text, in_our_language)
        return (script.text or "") if script else ""

    def take_file(
        self,
        location: Location,
        name: Any,
        look: Callable[[str, Document, Location], CheckedFile | None],
    ) -> CheckedFile | None:
        if not isinstance(name, str) or not name.strip():
            return None
        checked = look(name.strip(), self.source.document, location)
        if checked:
            self.files[name.strip()] = checked
        return checked

    def check_spoken(self, script: ScriptSource, text: str, captions: CheckedFile) -> None:
        for line in unspoken(text, captions.cues):
            self.problems.append(Problem(script.path, line.at, not_in_captions(line, captions.source.path), "script"))

    def check_resources(self) -> None:
        for index, resource in mappings(self.data.get("see_also")):
            here: Location = ("see_also", index)
            if (resource.get("url") is None) == (resource.get("step") is None):
                self.problem(here, 'see_also: give either "url" (outside) or "step" (the id of a step), not both')
            step = resource.get("step")
            if isinstance(step, str) and step not in self.step_ids:
                hint = did_you_mean(step, self.step_ids)
                self.problem((*here, "step"), f'see_also: no step of this course has the id "{step}"{hint}')

    def check_quiz(self) -> None:
        kind = self.data.get("kind")
        if self.data.get("quiz") and kind in typing.get_args(Kind) and kind != "quiz":
            self.problem(("quiz",), f'"quiz" belongs to steps with "kind: quiz"; this one is "{kind}"')
        references = _ids(self.data.get("references"))
        check_quiz(self.data.get("quiz"), references=references, step_ids=self.step_ids, problem=self.problem)

    def check_step_links(self) -> None:
        for step, line in rendering.step_links(self.source.body):
            if step not in self.step_ids:
                hint = did_you_mean(step, self.step_ids)
                self.body_problem(line, f'no step of this course has the id "{step}", to which the text links{hint}')

    def check_body(self) -> None:
        body = self.source.body
        figures = _ids(self.data.get("figures"))
        references = _ids(self.data.get("references"))
        self.check_pictures()
        self.check_charts(references)
        used = dict(rendering.figures_used(body))
        used |= {target.removeprefix(FIGURE): line for target, line in rendering.image_targets(body)}
        for figure, line in rendering.figures_used(body):
            if figure not in figures:
                hint = did_you_mean(figure, figures)
                self.body_problem(line, f'there is no figure "{figure}" among the step\'s figures{hint}')
        for index, entry in mappings(self.data.get("figures")):
            uid = entry.get("id")
            if isinstance(uid, str) and uid not in used:
                message = f'the figure "{uid}" is never shown; put ![](figure:{uid}) on a line of its own in the text'
                self.problem(("figures", index, "id"), message)
        for note, line in rendering.cited_ids(body):
            if note not in references:
                hint = did_you_mean(note, references)
                message = f'[^{note}] has neither a reference with that id nor a note "[^{note}]: …"{hint}'
                self.body_problem(line, message)
        self.check_own_notes(references)
        try:
            rendering.render_step_body(
                body,
                figures={uid: rendering.FigureView(uid, "/", "", "", "", 1, 1) for uid in figures},
                references={uid: rendering.ReferenceView(uid, "", 0, "", "") for uid in references},
                step_urls=dict.fromkeys(self.step_ids, "/"),
                charts={uid: rendering.ChartView(uid, "", "", "", ()) for uid in _ids(self.data.get("charts"))},
            )
        except TooComplex as error:
            self.body_problem(1, str(error))

    def check_own_notes(self, references: list[str]) -> None:
        """A note whose id is taken would not be shown."""
        first: dict[str, int] = {}
        for note, line in rendering.own_notes(self.source.body):
            if note in references:
                self.body_problem(
                    line, f'the id of the note "[^{note}]: …" is that of a reference; give the note another'
                )
            elif note in first:
                where = f"first on line {self.source.body_line + first[note] - 1}"
                self.body_problem(
                    line, f'the note "[^{note}]: …" stands here a second time, {where}; give each its own id'
                )
            first.setdefault(note, line)

    def check_charts(self, references: list[str]) -> None:
        """Each chart is shown, and its source is one of the references."""
        charts = _ids(self.data.get("charts"))
        used = dict(rendering.charts_used(self.source.body))
        used |= {target.removeprefix(CHART): line for target, line in rendering.image_targets(self.source.body)}
        for chart, line in rendering.charts_used(self.source.body):
            if chart not in charts:
                hint = did_you_mean(chart, charts)
                self.body_problem(line, f'there is no chart "{chart}" among the step\'s charts{hint}')
        for index, entry in mappings(self.data.get("charts")):
            uid, source = entry.get("id"), entry.get("source")
            if isinstance(uid, str) and uid not in used:
                message = f'the chart "{uid}" is never shown; put ![](chart:{uid}) on a line of its own in the text'
                self.problem(("charts", index, "id"), message)
            if isinstance(source, str) and source not in references:
                hint = did_you_mean(source, references)
                self.problem(
                    ("charts", index, "source"), f'charts: no reference of this step has the id "{source}"{hint}'
                )

    def check_pictures(self) -> None:
        """A picture without its words, and one that the text would swallow."""
        for target, line in rendering.image_targets(self.source.body):
            if target.startswith((FIGURE, CHART)):
                what = "figure" if target.startswith(FIGURE) else "chart"
                self.body_problem(line, f"the {what} would not be shown; ![]({target}) must stand alone on its line")
            else:
                message = (
                    f'the picture "{target}" is none of the figures; describe it under "figures" with file and alt'
                )
                self.body_problem(line, f"{message}, then write ![](figure:its-id) on a line of its own")

    def body_problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.source.document.path, self.source.body_line + line - 1, message, "body"))

    def problem(self, location: Location, message: str) -> None:
        document = self.source.document
        self.problems.append(Problem(document.path, document.line_of(location), message, dotted(location)))


def slug_of(step: StepSource) -> str | None:
    """A step's address; None when it gives one that is no text."""
    slug = mapping(step.document.data).get("slug", step.name)
    return slug if isinstance(slug, str) else None


def _ids(value: Any) -> list[str]:
    return [entry["id"] for _, entry in mappings(value) if isinstance(entry.get("id"), str)]
