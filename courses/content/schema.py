"""The shape of content files: which fields there are, of which type, and how long they may be.

Lengths and kinds equal those of the database (a test compares them), so that what passes here can be stored.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$"

_is_web_address = URLValidator(schemes=["http", "https"])


def _on_one_line(value: Any) -> Any:
    """Text that YAML let run over several lines, for fields that have one."""
    return " ".join(line.strip() for line in value.split("\n") if line.strip()) if isinstance(value, str) else value


def _web_address(value: str) -> str:
    try:
        _is_web_address(value)
    except ValidationError as error:
        raise ValueError("must be a web address that begins with https:// or http://") from error
    return value


def _one_decimal(value: float) -> float:
    if round(value, 1) != value:
        raise ValueError("must have at most one digit after the point, as in 2.5")
    return value


Text = Annotated[str, StringConstraints(min_length=1)]
Line = Annotated[str, StringConstraints(min_length=1), BeforeValidator(_on_one_line)]
LineOrNothing = Annotated[str, BeforeValidator(_on_one_line)]
Identifier = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=80)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE_PATTERN, max_length=12)]
WebAddress = Annotated[str, StringConstraints(max_length=600), AfterValidator(_web_address)]
Hours = Annotated[float, Field(ge=0, le=168), AfterValidator(_one_decimal)]
Kind = Literal["article", "video", "discussion", "activity", "case-study", "quiz", "summary"]
QuizKind = Literal["one", "several", "order", "match"]


class Shape(BaseModel):
    """No field but the named ones, and no guessing: the number 7 is not the text "7"."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True)


class AudienceDocument(Shape):
    title: Line
    text: Line


class ContributorDocument(Shape):
    name: Line
    role: Line


class FaqDocument(Shape):
    question: Line
    answer: Text


class PictureDocument(Shape):
    file: Line
    alt: Line = Field(max_length=500)


class CourseDocument(Shape):
    id: Identifier
    title: Line = Field(max_length=200)
    tagline: LineOrNothing = Field("", max_length=300)
    description: str = ""
    outcomes: list[Line] = []
    audience: list[AudienceDocument] = []
    contributors: list[ContributorDocument] = []
    hours_per_week: Hours = 1
    certificate_percent: Annotated[int, Field(ge=1, le=100)] = 90
    organisation: LineOrNothing = Field("", max_length=200)
    language: Language = "en"
    licence: Line = Field("CC BY 4.0", max_length=100)
    sources_note: LineOrNothing = Field("", max_length=400)
    picture: PictureDocument | None = None
    faq: list[FaqDocument] = []
    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    draft: bool = False


class TermDocument(Shape):
    id: Identifier
    term: Line = Field(max_length=120)
    meaning: Line = Field(max_length=800)
    also: list[Line] = []


class GlossaryDocument(Shape):
    terms: list[TermDocument] = Field(max_length=500)


class OrganisationDocument(Shape):
    name: Line = Field(max_length=200)
    url: WebAddress
    note: LineOrNothing = Field("", max_length=300)


class RegionDocument(Shape):
    name: Line = Field(max_length=100)
    organisations: list[OrganisationDocument] = Field(min_length=1)


class SupportDocument(Shape):
    regions: list[RegionDocument]


class WeekDocument(Shape):
    id: Identifier
    title: Line = Field(max_length=200)
    lead: LineOrNothing = Field("", max_length=600)


class TopicDocument(Shape):
    id: Identifier
    title: Line = Field(max_length=200)
    lead: LineOrNothing = Field("", max_length=600)


class CaptionDocument(Shape):
    language: Language
    label: LineOrNothing = Field("", max_length=60)
    file: Line


class VideoDocument(Shape):
    script: Line | None = None
    film: Line | None = None
    audio: Line | None = None
    poster: Line | None = None
    chapters: Line | None = None
    synthetic_voice: bool = False
    captions: list[CaptionDocument] = []


class FigureDocument(Shape):
    id: Identifier
    file: Line
    alt: Line = Field(max_length=1000)
    caption: LineOrNothing = Field("", max_length=500)
    credit: LineOrNothing = Field("", max_length=300)


class QuestionDocument(Shape):
    id: Identifier
    text: Line = Field(max_length=600)


class PromptDocument(Shape):
    id: Identifier
    title: Line = Field(max_length=80)
    text: Line = Field(max_length=600)


class OptionDocument(Shape):
    text: Line = Field(max_length=300)
    right: bool = False
    why: Line = Field(max_length=1200)


class ItemDocument(Shape):
    text: Line = Field(max_length=300)


class PairDocument(Shape):
    left: Line = Field(max_length=300)
    right: Line = Field(max_length=100)  # plain text: it stands in a list to choose from
    why: LineOrNothing = Field("", max_length=1200)


class QuizQuestionDocument(Shape):
    """Which of the three lists a question has follows from its kind; `checking_quiz` says so, and what must be in it."""

    id: Identifier
    kind: QuizKind
    question: Line = Field(max_length=600)
    options: list[OptionDocument] = []
    items: list[ItemDocument] = []
    pairs: list[PairDocument] = []
    why: LineOrNothing = Field("", max_length=1200)


class ResourceDocument(Shape):
    title: Line = Field(max_length=300)
    url: WebAddress | None = None
    step: Identifier | None = None
    note: LineOrNothing = Field("", max_length=300)


class ReferenceDocument(Shape):
    id: Identifier
    source: Line = Field(max_length=500)
    year: Annotated[int, Field(ge=1500, le=2200)]
    url: WebAddress | None = None
    claim: LineOrNothing = Field("", max_length=800)


class ChartRowDocument(Shape):
    label: Line = Field(max_length=120)
    value: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    note: LineOrNothing = Field("", max_length=200)


class ChartDocument(Shape):
    id: Identifier
    kind: Literal["bars"]
    title: Line = Field(max_length=200)
    unit: Line = Field(max_length=60)
    source: Identifier
    rows: list[ChartRowDocument] = Field(min_length=1, max_length=30)


class StepDocument(Shape):
    id: Identifier
    kind: Kind
    title: Line = Field(max_length=200)
    lead: LineOrNothing = Field("", max_length=600)
    minutes: Annotated[int, Field(ge=1, le=240)]
    slug: Identifier | None = None
    optional: bool = False
    draft: bool = False
    content_note: LineOrNothing = Field("", max_length=600)
    quotes_stigma: bool = False
    video: VideoDocument | None = None
    figures: list[FigureDocument] = []
    reflect: list[QuestionDocument] = []
    worksheet: list[PromptDocument] = []
    quiz: list[QuizQuestionDocument] = []
    charts: list[ChartDocument] = []
    see_also: list[ResourceDocument] = []
    references: list[ReferenceDocument] = []
