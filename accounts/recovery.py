"""Recovery codes: eight on a piece of paper, each good once, for who has no e-mail address here or lost the second lock."""

from __future__ import annotations

import secrets

from django.db import transaction

from accounts.models import RecoveryCode, User
from accounts.sealing import scrambled

CODES = 8
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without what is misread: 0 and O, 1 and I
GROUPS, LETTERS = 3, 5  # 75 bits: nobody guesses one, not even who has read the database


def _new_code() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _letter in range(LETTERS)) for _group in range(GROUPS))


def _hashes(user_id: int, code: str) -> list[str]:
    """Of the code as typed: small letters, spaces and dashes do not count. New codes are kept as the first."""
    letters = "".join(c for c in code[:100].upper() if c.isalnum())
    return scrambled(f"recovery:{user_id}:{letters}")


@transaction.atomic
def make_codes(*, user: User) -> list[str]:
    """New codes in place of all older ones. They are given back this once; only scrambled forms are kept."""
    User.objects.select_for_update().get(pk=user.pk)
    codes = [_new_code() for _i in range(CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hashes(user.pk, code)[0]) for code in codes)
    return codes


def use(*, user: User, code: str) -> bool:
    """Use a code up. Of two who send the same one at once, one is told yes."""
    deleted, _rows = RecoveryCode.objects.filter(user=user, code_hash__in=_hashes(user.pk, code)).delete()
    return deleted == 1


def find(handle: str, code: str) -> User | None:
    """The person whose unused code this is, without using it up; as much work whether or not the name exists."""
    user = User.objects.named(handle)
    pk = user.pk if user else 0
    known = RecoveryCode.objects.filter(user_id=pk, code_hash__in=_hashes(pk, code))
    return user if known.exists() and user and user.is_active else None


@transaction.atomic
def set_password(*, user: User, code: str, password: str) -> bool:
    """A new password for a code; the code is used up, and every browser that was signed in has to sign in again."""
    if not use(user=user, code=code):
        return False
    user.set_password(password)
    user.save(update_fields=["password"])
    return True
