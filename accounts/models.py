"""People: who may sign in, under what name, and in what role. Nothing here says who they are elsewhere."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.handles import MAX_LENGTH, tidy, validate_handle

EDUCATORS, MODERATORS = "Educators", "Moderators"


def today() -> Any:
    return timezone.now().date()


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(handle__iexact=tidy(username or ""))

    def create_user(self, handle: str, password: str | None = None, **fields: Any) -> User:
        """Make and save a person. Raises ValidationError when the handle may not be used."""
        user = self.model(handle=tidy(handle), **fields)
        validate_handle(user.handle)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, handle: str, password: str | None = None, **fields: Any) -> User:
        """Make and save an administrator."""
        return self.create_user(handle, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person under a name they chose. Their last sign-in is not kept; the day they joined is, for limits on new accounts."""

    last_login = None

    handle = models.CharField(_("name to show"), max_length=MAX_LENGTH, validators=[validate_handle])
    email = models.EmailField(_("e-mail"), blank=True)
    joined_on = models.DateField(_("joined on"), default=today, editable=False)
    avatar_shuffle = models.PositiveSmallIntegerField(default=0, editable=False)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("handle"),
                name="one_person_per_handle",
                violation_error_message=_("This name is taken."),
            )
        ]

    def __str__(self) -> str:
        return self.handle

    @property
    def is_educator(self) -> bool:
        """Shown with the educator's tag; costs no query, because every educator may use the admin."""
        return self.is_staff


class Invitation(models.Model):
    """A one-time link with which an educator makes their account. Only the token's hash is kept."""

    LIFETIME = timedelta(days=7)

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"

    @classmethod
    def issue(cls) -> str:
        """Make a new invitation, drop those that were never used, and return its token (shown once, kept nowhere)."""
        cls.objects.filter(used_at=None).delete()
        token = secrets.token_urlsafe(24)
        cls.objects.create(token_hash=cls.hash_of(token))
        return token

    @classmethod
    def open_with(cls, token: str) -> Invitation | None:
        """The unused, unexpired invitation that this token opens, or None."""
        since = timezone.now() - cls.LIFETIME
        return cls.objects.filter(token_hash=cls.hash_of(token), used_at=None, created_at__gte=since).first()

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()
