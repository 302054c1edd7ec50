"""The parts of a step: figures, captions, reflection questions, resources to see also, and the references behind its claims."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.outline import Step, uid_field


class Part(models.Model):
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class Figure(Part):
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="figures")
    uid = uid_field()
    file = models.FileField(_("file"), upload_to="courses/figures/")
    alt = models.CharField(_("in words"), max_length=1000, help_text=_("For someone who cannot see the picture."))
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    credit = models.CharField(_("credit"), max_length=300, blank=True)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)

    class Meta(Part.Meta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [models.UniqueConstraint(fields=["step", "uid"], name="one_figure_per_uid_in_a_step")]

    def __str__(self) -> str:
        return self.uid


class Caption(Part):
    """A caption file (WebVTT) of a film in one language."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(_("language"), max_length=12, default="en")
    label = models.CharField(_("label"), max_length=60, blank=True)
    file = models.FileField(_("WebVTT file"), upload_to="courses/captions/")
    cues = models.JSONField(default=list, editable=False)  # [[start seconds, text], …], read when the file is written

    class Meta(Part.Meta):
        verbose_name = _("caption file")
        verbose_name_plural = _("caption files")
        constraints = [models.UniqueConstraint(fields=["step", "language"], name="one_caption_per_language_in_a_step")]

    def __str__(self) -> str:
        return self.label or self.language


class ReflectionQuestion(Part):
    """A question to think about, or a field of a worksheet; kept when it is retired, because answers may hang on it."""

    class Kind(models.TextChoices):
        REFLECTION = "reflection", _("Question to think about")
        WORKSHEET = "worksheet", _("Field of a worksheet")

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="questions")
    uid = uid_field()
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.REFLECTION)
    title = models.CharField(_("title"), max_length=80, blank=True)  # of a worksheet's field
    text = models.CharField(_("question"), max_length=600)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(Part.Meta):
        verbose_name = _("reflection question")
        verbose_name_plural = _("reflection questions")
        constraints = [models.UniqueConstraint(fields=["step", "uid"], name="one_question_per_uid_in_a_step")]

    def __str__(self) -> str:
        return f"{self.title}: {self.text}" if self.title else self.text


class Resource(Part):
    """Something to see also: an address outside, or another step of the course."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="resources")
    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("address"), max_length=600, blank=True)
    to_step = models.CharField(_("or the id of a step"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("resource to see also")
        verbose_name_plural = _("resources to see also")

    def __str__(self) -> str:
        return self.title


class Reference(Part):
    """A source and the claim it supports; cited in the body as [^id]."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="references")
    uid = uid_field()
    source = models.CharField(_("source"), max_length=500)
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(1500), MaxValueValidator(2200)])
    url = models.URLField(_("address"), max_length=600, blank=True)
    claim = models.CharField(_("the claim it supports"), max_length=800, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        constraints = [models.UniqueConstraint(fields=["step", "uid"], name="one_reference_per_uid_in_a_step")]

    def __str__(self) -> str:
        return self.uid
