"""Who helps with one course only. Who helps with all of them is in a group (accounts) and has no row here."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CourseRole(models.Model):
    """A person's role in one course; given and taken back through `courses.roles`."""

    class Role(models.TextChoices):
        EDUCATOR = "educator", _("Educator: writes the course")
        MODERATOR = "moderator", _("Moderator: keeps its discussions safe")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="course_roles")
    course = models.ForeignKey("courses.Course", on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)

    class Meta:
        verbose_name = _("role in this course")
        verbose_name_plural = _("roles in this course")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "course", "role"], name="one_row_per_role_of_a_person_in_a_course"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"  # the log of the admin keeps it; a name would stay there after its account is deleted
