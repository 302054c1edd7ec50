"""Everything a person has here, in one archive; and everything gone, in one transaction."""

from __future__ import annotations

import io
import json
import zipfile

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.models import User
from accounts.portability import Part
from discussions import erasure as discussions
from harmreduction import privacy


def archive(person: User) -> bytes:
    """A ZIP with a README and, for each part, JSON for programmes and Markdown for people."""
    parts = privacy.export(person)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.md", _readme(parts))
        for part in parts:
            archive.writestr(f"{part.name}.json", json.dumps(part.as_json(), ensure_ascii=False, indent=2) + "\n")
            archive.writestr(f"{part.name}.md", part.as_markdown())
    return packed.getvalue()


def _readme(parts: list[Part]) -> str:
    lines = [
        "# " + _("Everything that %(site)s keeps about you") % {"site": settings.SITE_NAME},
        "",
        _("Made on %(day)s. Each subject comes twice: .md to read, .json for software.")
        % {"day": timezone.now().strftime("%Y-%m-%d %H:%M UTC")},
        _(
            "These files say who you are on this site. Keep them where nobody else looks, or delete them when you are done."
        ),
        "",
    ]
    for part in parts:
        lines += [f"- **{part.name}** ({len(part.rows)}): {part.about}"]
    return "\n".join([*lines, ""])


def erase(*, person: User, keep_words: bool) -> bool:
    """Delete the account and everything that refers to it; False when somebody else was quicker (another tab, another device).

    What they wrote stays without a name (`keep_words`), or its words go and only its place stays, so that replies keep theirs.
    """
    with transaction.atomic():
        if not User.objects.filter(pk=person.pk).exists():
            return False
        # Discussions before people: whoever posts holds them in that order too, so nobody waits for ever.
        discussions.erase(person=person, keep_words=keep_words)
        locked = User.objects.select_for_update().filter(pk=person.pk).first()
        if locked is None:
            return False
        _sign_out_everywhere(locked)
        # What administrators noted about this account carries its name.
        account = ContentType.objects.get_for_model(User)
        LogEntry.objects.filter(content_type=account, object_id=str(locked.pk)).delete()
        locked.delete()  # progress, journal, certificates and the like go with it by cascade
    return True


def _sign_out_everywhere(person: User) -> None:
    """End every session of the person: those that the list of sessions knows, and any other that names them."""
    sessions.end(user=person)
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            session.delete()  # a copy in the cache goes with it (harmreduction.apps)
