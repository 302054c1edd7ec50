"""The first educator: a one-time link instead of a default password."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.models import EDUCATORS, MODERATORS, Invitation, User


def first_educator_needed() -> bool:
    """Whether nobody can yet use the admin."""
    return not User.objects.filter(is_staff=True, is_active=True).exists()


@transaction.atomic
def accept(*, invitation: Invitation, handle: str, password: str) -> User | None:
    """Make the educator's account and use the invitation up; None when somebody else was quicker with the same link.

    The first educator has to be able to invite the others, so they are an administrator.
    """
    used = Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=timezone.now())
    if not used:
        return None
    user = User.objects.create_superuser(handle, password)
    user.groups.add(*Group.objects.filter(name__in=[EDUCATORS, MODERATORS]))
    return user
