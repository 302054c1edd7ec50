"""Course > week > topic > step. Numbers ("2.7"), minutes and "topic 3 of 5" are derived from the order, never stored as typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses import roles

if TYPE_CHECKING:
    from accounts.models import User

UID = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Use lower-case letters, digits and single hyphens."))


def uid_field() -> models.CharField[str, str]:
    """The permanent id of a thing: written once, by a person, and kept through every renaming, renumbering and move."""
    return models.CharField(
        _("permanent id"),
        max_length=80,
        validators=[UID],
        help_text=_("Chosen once and never changed: learners' progress and discussions hang on it."),
    )


def publish_at_field() -> models.DateTimeField[Any, Any]:
    """When a draft is published by itself (courses.publishing)."""
    return models.DateTimeField(
        _("publish at"),
        null=True,
        blank=True,
        help_text=_("For a draft: learners see it from then on, without anyone pressing. Empty: it waits for you."),
    )


def preview_key_field() -> models.PositiveIntegerField[int, int]:
    """A number that links to the draft name; another one ends them all (courses.draft_links)."""
    return models.PositiveIntegerField(default=0, editable=False)


# What is published waits for no time: else unpublishing it would bring it back at once.
WAITS_OR_IS_PUBLISHED = Q(published=False) | Q(publish_at=None)


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, user: Any) -> CourseQuerySet:
        """Published courses; drafts too for who writes the course."""
        return self.filter(roles.or_written_by(user, Q(published=True), "pk"))


class Course(models.Model):
    uid = uid_field()
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    tagline = models.CharField(_("tagline"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    description_html = models.TextField(blank=True, editable=False)
    outcomes = models.JSONField(_("outcomes"), default=list, blank=True)
    audience = models.JSONField(_("who it is for"), default=list, blank=True)
    contributors = models.JSONField(_("contributors"), default=list, blank=True)
    faq = models.JSONField(_("questions people ask first"), default=list, blank=True)
    # [{"id", "term", "meaning", "also": [other forms]}], in the order of the glossary's page.
    glossary = models.JSONField(_("glossary"), default=list, blank=True, editable=False)
    sources_note = models.CharField(_("note on sources"), max_length=400, blank=True)
    hours_per_week = models.DecimalField(
        _("hours a week"), max_digits=4, decimal_places=1, default=1, validators=[MinValueValidator(0)]
    )
    certificate_percent = models.PositiveSmallIntegerField(
        _("for a certificate"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_(
            "How many of a hundred steps a learner finishes before a certificate can be had; optional steps are not counted."
        ),
    )
    organisation = models.CharField(
        _("organisation"), max_length=200, blank=True, help_text=_("Who gives the course; printed on certificates.")
    )
    language = models.CharField(_("language"), max_length=12, default="en")
    licence = models.CharField(_("licence"), max_length=100, default="CC BY 4.0")
    picture = models.FileField(_("picture"), upload_to="courses/pictures/", blank=True)
    picture_alt = models.CharField(_("picture, in words"), max_length=500, blank=True)
    picture_width = models.PositiveIntegerField(default=0, editable=False)
    picture_height = models.PositiveIntegerField(default=0, editable=False)
    position = models.PositiveIntegerField(_("position"), default=0)
    published = models.BooleanField(_("published"), default=True)
    publish_at = publish_at_field()
    preview_key = preview_key_field()

    render_version = models.PositiveIntegerField(default=0, editable=False)
    # Derived by courses.content.writing after each write, so that a page needs one row instead of a hundred.
    outline = models.JSONField(default=dict, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    # The fields as the content files had them when they were last loaded; what tells an edit here from an edit there.
    loaded = models.JSONField(default=dict, editable=False)
    # Where in the course's folder each stored file came from: {name in the storage: "media/van.svg"}, for writing the files again.
    file_names = models.JSONField(default=dict, editable=False)
    shown_at = ""  # no column: where its pages lie instead, for who opened a draft by a link (courses.draft_links)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            models.UniqueConstraint(fields=["uid"], name="one_course_per_uid"),
            models.CheckConstraint(condition=WAITS_OR_IS_PUBLISHED, name="a_published_course_waits_for_no_time"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.shown_at or reverse("courses:course", args=[self.slug])


class Week(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="weeks")
    uid = uid_field()
    title = models.CharField(_("title"), max_length=200)
    lead = models.CharField(_("lead"), max_length=600, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    preview_key = preview_key_field()
    loaded = models.JSONField(default=dict, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("week")
        verbose_name_plural = _("weeks")
        constraints = [models.UniqueConstraint(fields=["course", "uid"], name="one_week_per_uid_in_a_course")]

    def __str__(self) -> str:
        return self.title


class Topic(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="topics")
    week = models.ForeignKey(Week, on_delete=models.CASCADE, related_name="topics")
    uid = uid_field()
    title = models.CharField(_("title"), max_length=200)
    lead = models.CharField(_("lead"), max_length=600, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    preview_key = preview_key_field()
    loaded = models.JSONField(default=dict, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [models.UniqueConstraint(fields=["course", "uid"], name="one_topic_per_uid_in_a_course")]

    def __str__(self) -> str:
        return self.title


class StepQuerySet(models.QuerySet["Step"]):
    def live(self) -> StepQuerySet:
        """Steps that learners see: published, and their file (or row) not retired."""
        return self.filter(published=True, retired_at=None)

    def in_course(self) -> StepQuerySet:
        """Live steps and drafts: what was not retired."""
        return self.filter(retired_at=None)

    def visible_to(self, user: User | Any) -> StepQuerySet:
        """What this person may open: live steps of published courses; drafts too for who writes the course."""
        return self.filter(roles.or_written_by(user, Q(published=True, course__published=True)), retired_at=None)

    def in_order(self) -> StepQuerySet:
        return self.order_by("topic__week__position", "topic__week_id", "topic__position", "topic_id", "position", "pk")

    def for_outline(self) -> StepQuerySet:
        """In order, with their topics and weeks, and without their words."""
        own = ("course", "uid", "slug", "title", "kind", "minutes", "optional", "published", "fingerprint")
        around = [f"{place}__{name}" for place in ("topic", "topic__week") for name in ("uid", "title", "lead")]
        return self.select_related("topic__week").only(*own, *around).in_order()


class Step(models.Model):
    class Kind(models.TextChoices):
        ARTICLE = "article", _("Article")
        VIDEO = "video", _("Video")
        DISCUSSION = "discussion", _("Discussion")
        ACTIVITY = "activity", _("Activity")
        CASE_STUDY = "case-study", _("Case study")
        QUIZ = "quiz", _("Quiz")
        SUMMARY = "summary", _("Summary")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="steps")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="steps")
    uid = uid_field()
    slug = models.SlugField(_("address"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.ARTICLE)
    title = models.CharField(_("title"), max_length=200)
    lead = models.CharField(_("lead"), max_length=600, blank=True, help_text=_("One or two sentences, no Markdown."))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=5, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    optional = models.BooleanField(_("optional"), default=False, help_text=_("Left out when progress is counted."))
    content_note = models.CharField(
        _("content note"), max_length=600, blank=True, help_text=_("What hard things the step mentions.")
    )
    quotes_stigma = models.BooleanField(
        _("quotes words that push people aside"),
        default=False,
        help_text=_("The step is about such words, so the check of words leaves it alone."),
    )
    body = models.TextField(_("body"), blank=True, help_text=_("Markdown."))
    script = models.TextField(_("film script"), blank=True, help_text=_("Video steps: what is said, in Markdown."))
    # [{"id", "kind", "title", "unit", "source", "rows": [{"label", "value", "note"}]}], as content files have them.
    charts = models.JSONField(_("charts"), default=list, blank=True, editable=False)
    film = models.FileField(_("film"), upload_to="courses/films/", blank=True)
    audio = models.FileField(_("sound alone"), upload_to="courses/films/", blank=True)
    poster = models.FileField(_("poster"), upload_to="courses/pictures/", blank=True)
    chapters = models.FileField(_("chapters"), upload_to="courses/captions/", blank=True, help_text=_("A WebVTT file."))
    synthetic_voice = models.BooleanField(
        _("synthetic voice"), default=False, help_text=_("The narration was made by a machine; the page says so.")
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    published = models.BooleanField(_("published"), default=True)
    publish_at = publish_at_field()
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)
    preview_key = preview_key_field()

    # Derived by courses.content.writing when the step is written; a page renders no Markdown and asks for no part by itself.
    body_html = models.TextField(blank=True, editable=False)
    page = models.JSONField(default=dict, editable=False)
    render_version = models.PositiveIntegerField(default=0, editable=False)
    fingerprint = models.CharField(max_length=16, blank=True, editable=False)  # of the words, to say "changed since"
    loaded = models.JSONField(default=dict, editable=False)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["course", "uid"], name="one_step_per_uid_in_a_course"),
            models.UniqueConstraint(
                fields=["course", "slug"], condition=Q(retired_at=None), name="one_step_per_slug_in_a_course"
            ),
            models.CheckConstraint(condition=WAITS_OR_IS_PUBLISHED, name="a_published_step_waits_for_no_time"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.course.get_absolute_url()}steps/{self.slug}/"


class OldSlug(models.Model):
    """An address that a step once had; it leads to the step for ever, unless another step takes it."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="old_slugs")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="old_slugs")
    slug = models.SlugField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "slug"], name="one_step_per_old_slug")]

    def __str__(self) -> str:
        return self.slug
