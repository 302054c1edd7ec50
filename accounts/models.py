"""People: who may sign in, under what name, and in what role. Nothing here says who they are elsewhere."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.fields import SkeletonField
from accounts.handles import MAX_LENGTH, spellings, tidy, validate_handle
from accounts.lookalikes import skeleton

EDUCATORS, MODERATORS = "Educators", "Moderators"


def today() -> date:
    """The day by UTC."""
    return timezone.now().date()


class UserManager(BaseUserManager["User"]):
    def named(self, words: str) -> User | None:
        """Who goes by this name, however its capitals and accents are written.

        Looked for by what it looks like too: SQLite's own comparison knows the capitals of plain Latin letters only. In several
        spellings, since a capital may look like another letter than its small one.
        """
        handle = tidy(words)
        looks = [skeleton(name) for name in spellings(handle)]
        alike = self.filter(models.Q(handle__iexact=handle) | models.Q(skeleton__in=looks))
        same = [person for person in alike if person.handle.casefold() == handle.casefold()]
        return next((person for person in same if person.handle == handle), same[0] if same else None)

    def get_by_natural_key(self, username: str | None) -> User:
        person = self.named(username or "")
        if person is None:
            raise User.DoesNotExist
        return person

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

    class TextSize(models.TextChoices):
        NORMAL = "", _("Normal")
        LARGE = "large", _("Larger")
        LARGEST = "largest", _("Largest")

    class DataMode(models.TextChoices):
        BROWSER = "", _("As my browser says")
        LOW = "low", _("Low: no pictures, no web font, text before video")
        FULL = "full", _("Full")

    class Scheme(models.TextChoices):
        BROWSER = "", _("As my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    handle = models.CharField(_("name to show"), max_length=MAX_LENGTH, validators=[validate_handle])
    skeleton = SkeletonField(max_length=4 * MAX_LENGTH, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    joined_on = models.DateField(_("joined on"), default=today, editable=False)
    avatar_shuffle = models.PositiveSmallIntegerField(default=0, editable=False)
    # How many notifications (of discussions) wait: here, so that no page needs a query to show it.
    unread_notifications = models.PositiveIntegerField(default=0, editable=False)
    passkey_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    text_size = models.CharField(_("text size"), max_length=8, blank=True, choices=TextSize)
    data_mode = models.CharField(_("pictures and films"), max_length=8, blank=True, choices=DataMode)
    scheme = models.CharField(_("colours"), max_length=8, blank=True, choices=Scheme)
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

    @cached_property
    def roles(self) -> frozenset[str]:
        """The groups this person helps in (EDUCATORS, MODERATORS); costs a query only for who may use the admin."""
        if not (self.is_staff and self.is_active):
            return frozenset()
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def is_educator(self) -> bool:
        """Whether they write courses, answer with that role, pin and recommend."""
        return self.is_staff and self.is_active and (self.is_superuser or EDUCATORS in self.roles)

    @property
    def is_moderator(self) -> bool:
        """Whether they keep the discussions safe."""
        return self.is_staff and self.is_active and (self.is_superuser or MODERATORS in self.roles)


class RecoveryCode(models.Model):
    """One of the codes that let a person back in. Only a scrambled form is kept; a code that was used is deleted."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="one_row_per_recovery_code"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


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
