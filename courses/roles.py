"""Who may do what in which course.

Administrators, and people in the groups Educators and Moderators, have their role in every course. A `CourseRole` gives the same in one
course. Who is looked up costs nothing for learners, since only who may use the admin (`is_staff`) can have a role.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import EDUCATORS, MODERATORS, User
from courses.models.role import CourseRole

Role = CourseRole.Role
Rows = TypeVar("Rows", bound=QuerySet[Any])
GROUPS = {Role.EDUCATOR: EDUCATORS, Role.MODERATOR: MODERATORS}


def _helps(user: Any) -> bool:
    return bool(user.is_authenticated and user.is_staff and user.is_active)


def everywhere(user: Any, role: Role) -> bool:
    """Whether they have this role in every course."""
    return _helps(user) and (user.is_superuser or GROUPS[role] in user.roles)


def courses_of(user: Any, role: Role) -> dict[int, str]:
    """The courses (number: address) in which a `CourseRole` gives them this role; asked once for each person object."""
    if not _helps(user):
        return {}
    held: dict[str, dict[int, str]] | None = user.__dict__.get("_course_roles")
    if held is None:
        held = {each: {} for each in Role}
        user.__dict__["_course_roles"] = held
        for each, pk, slug in CourseRole.objects.filter(person=user).values_list("role", "course", "course__slug"):
            held[each][pk] = slug
    return held[role]


def has(user: Any, role: Role, course: int | None) -> bool:
    """Whether they have this role in the course of this number."""
    return everywhere(user, role) or course in courses_of(user, role)


def has_at(user: Any, role: Role, slug: str) -> bool:
    """Whether they have this role in the course at this address."""
    return everywhere(user, role) or slug in courses_of(user, role).values()


def somewhere(user: Any, role: Role) -> bool:
    """Whether they have this role in any course at all."""
    return everywhere(user, role) or bool(courses_of(user, role))


def only_in(user: Any, role: Role) -> frozenset[int] | None:
    """The courses to which this person's role is limited; None for who has it in every course, and for who has none."""
    return None if everywhere(user, role) else frozenset(courses_of(user, role)) or None


def within(rows: Rows, user: Any, role: Role, course: str = "course") -> Rows:
    """Of these rows those of the courses in which this person has the role; `course` leads from a row to its course."""
    return rows if everywhere(user, role) else rows.filter(**{f"{course}__in": list(courses_of(user, role))})


def or_written_by(user: Any, seen: Q, course: str = "course") -> Q:
    """For a query: the rows that `seen` chooses, and all rows of the courses that this person writes."""
    if everywhere(user, Role.EDUCATOR):
        return Q()
    written = courses_of(user, Role.EDUCATOR)
    return seen | Q(**{f"{course}__in": list(written)}) if written else seen


def people_with(role: Role, course: int | None) -> QuerySet[User]:
    """Who has this role in the course: administrators, the group, and who has it there alone. Without a course: who has it in all."""
    chosen = Q(is_superuser=True) | Q(groups__name=GROUPS[role])
    chosen |= Q(pk__in=CourseRole.objects.filter(course=course, role=role).values("person"))
    return User.objects.filter(chosen, is_active=True, is_staff=True).distinct()


def people_of(course: Any) -> set[int]:
    """Who has a role in this course alone."""
    return set(CourseRole.objects.filter(course=course).values_list("person", flat=True))


@transaction.atomic
def settle(people: Iterable[int]) -> None:
    """Let these people use the admin who have a role now, and those no more who have none left.

    To be called after roles were given or taken back. Who has no role, no group and no permission can do nothing there anyway.
    """
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=list(people), is_superuser=False).order_by("pk")
    for person in rows:
        helps = CourseRole.objects.filter(person=person).exists()
        helps = helps or person.groups.exists() or person.user_permissions.exists()
        if helps != person.is_staff:
            person.is_staff = helps
            person.save(update_fields=["is_staff"])
