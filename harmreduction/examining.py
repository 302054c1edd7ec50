"""What `manage.py doctor` looks at in a running installation. Each examination gives findings: how things are, and how to mend them."""

from __future__ import annotations

import secrets
import shutil
import socket
import ssl
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.db import connection
from django.utils import timezone

from harmreduction import health, jobs, maintenance
from harmreduction.models import DutyRecord

GOOD, ODD, BAD = "good", "odd", "bad"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True)
class Finding:
    state: str
    what: str
    mend: str = ""


def settings_are_safe() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding(
            BAD, "debug pages are on: they show settings to everyone", "Run with harmreduction.settings.production."
        )
        return
    public = settings.SECURE_SSL_REDIRECT or settings.SESSION_COOKIE_SECURE
    found = [c for c in checks.run_checks(include_deployment_checks=public) if not c.is_silenced()]
    for check in found:
        state = BAD if check.level >= checks.ERROR else ODD
        yield Finding(state, f"{check.id}: {check.msg}", str(check.hint or ""))
    if not public:
        yield Finding(
            ODD,
            "these settings are for one machine, without TLS",
            "For a public site: harmreduction.settings.production.",
        )
    elif not found:
        yield Finding(GOOD, "settings are those of a public site, with nothing to warn of")


def secrets_are_kept() -> Iterator[Finding]:
    keys = [settings.DATA_DIR / name for name in ("secret_key", "certificate_key")]
    open_keys = [key for key in keys if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077]
    if open_keys:
        for key in open_keys:
            yield Finding(BAD, f"{key} can be read by others", f"chmod 600 {key}")
    elif settings.DATA_DIR.exists() and stat.S_IMODE(settings.DATA_DIR.stat().st_mode) & 0o007:
        yield Finding(
            ODD, f"{settings.DATA_DIR} can be read by everyone on this machine", f"chmod o= {settings.DATA_DIR}"
        )
    else:
        yield Finding(GOOD, "nobody else on this machine can read the site's keys")


def database_is_well() -> Iterator[Finding]:
    if health.database_state() != health.OK:
        mend = "Is it running? Does DATABASE_URL name it? Then look at its own log."
        yield Finding(BAD, "the database cannot be reached", mend)
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
            cursor.execute("PRAGMA quick_check(1)")
            damage = cursor.fetchone()[0]
            if damage != "ok":
                yield Finding(BAD, f"the database is damaged: {damage}", "Stop the site and restore the last backup.")
            elif mode != "wal":
                yield Finding(
                    ODD,
                    f"SQLite's journal is {mode}: readers wait for writers",
                    "Do not put DATA_DIR on a network drive.",
                )
            else:
                yield Finding(GOOD, "SQLite answers and is whole")
        elif connection.vendor == "postgresql":
            version = connection.pg_version // 10_000  # type: ignore[attr-defined]
            known = Finding(GOOD, f"PostgreSQL {version} answers")
            yield known if version >= 15 else Finding(BAD, f"PostgreSQL {version} is too old", "Use 15 or newer.")


def tables_are_made() -> Iterator[Finding]:
    if pending := health.pending_migrations():
        yield Finding(
            BAD,
            f"{len(pending)} migrations are pending, first {pending[0]}",
            "manage.py migrate, then restart the site.",
        )
    else:
        yield Finding(GOOD, "all migrations are applied")


def cache_answers() -> Iterator[Finding]:
    if health.cache_state() == health.OK:
        yield Finding(GOOD, "the cache answers")
    elif "DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
        yield Finding(BAD, "the cache has no table", "manage.py createcachetable")
    else:
        yield Finding(
            BAD,
            "the cache cannot be reached; each process counts for itself",
            "Is Redis running? Does CACHE_URL name it?",
        )


def storage_keeps() -> Iterator[Finding]:
    name, words = f"doctor-{secrets.token_hex(8)}.txt", secrets.token_bytes(16)
    try:
        kept = default_storage.save(name, ContentFile(words))
        with default_storage.open(kept) as file:
            same = file.read() == words
        default_storage.delete(kept)
    except Exception as error:  # each kind of storage has its own
        yield Finding(
            BAD,
            f"media cannot be kept ({type(error).__name__})",
            "May the site write there? Does MEDIA_STORAGE name it?",
        )
        return
    yield (
        Finding(GOOD, "media are kept and read")
        if same
        else Finding(BAD, "media come back changed", "Look at the disk.")
    )


def mail_goes_out() -> Iterator[Finding]:
    backend = settings.EMAIL_BACKEND.rsplit(".", 2)[-2]
    if backend != "smtp":
        yield Finding(
            GOOD if backend == "dummy" else ODD, f"no e-mail is sent (it goes to: {backend})", "EMAIL_URL, if it shall."
        )
        return
    line = get_connection()
    try:
        line.open()
        line.close()
    except (OSError, ssl.SSLError) as error:
        said = "Does EMAIL_URL name the right machine, port, user and password?"
        yield Finding(BAD, f"the mail server does not take us ({type(error).__name__})", said)
    else:
        yield Finding(GOOD, "the mail server answers and takes us")
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield Finding(ODD, "e-mails come from an address that does not exist", "Set DEFAULT_FROM_EMAIL.")


def tls_lasts() -> Iterator[Finding]:
    address = urlsplit(settings.SITE_ADDRESS)
    if address.scheme != "https":
        yield Finding(ODD, f"the site's address is {settings.SITE_ADDRESS}, without TLS", "Set SITE_ADDRESS=https://…")
        return
    host = address.hostname or ""
    try:
        with (
            socket.create_connection((host, address.port or 443), timeout=5) as line,
            ssl.create_default_context().wrap_socket(line, server_hostname=host) as secured,
        ):
            certificate: dict[str, Any] = secured.getpeercert() or {}
    except (OSError, ssl.SSLError) as error:
        mend = "Is the proxy running? Is the certificate for this name, and not expired?"
        yield Finding(BAD, f"{host} does not answer with a certificate that holds ({type(error).__name__})", mend)
        return
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    left = (ends - timezone.now()).days
    mend = "Renew it, and look why it was not renewed by itself."
    yield Finding(
        GOOD if left > 14 else BAD, f"the certificate of {host} holds for {left} more days", "" if left > 14 else mend
    )


def clock_is_right() -> Iterator[Finding]:
    mend = "Switch the machine's time service on (timedatectl set-ntp true)."
    behind = DutyRecord.objects.filter(done_at__gt=timezone.now() + MINUTE).exists()
    off = timedelta(0)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            off = abs(timezone.now() - cursor.fetchone()[0])
    if behind:
        yield Finding(BAD, "the clock was set back: what was done lies in the future", mend)
    elif off > MINUTE:
        yield Finding(BAD, f"the clocks of the site and the database differ by {off.total_seconds():.0f} seconds", mend)
    else:
        yield Finding(GOOD, "the clock goes on")


def disk_has_room() -> Iterator[Finding]:
    found = shutil.disk_usage(settings.DATA_DIR)
    share, free = found.free / found.total, f"{found.free / 1e9:.1f} GB"
    if found.free < 500_000_000:
        yield Finding(
            BAD,
            f"only {free} are free in {settings.DATA_DIR}",
            "Make room: old backups first. A full disk refuses every write.",
        )
    elif share < 0.1:
        yield Finding(ODD, f"{free} are free in {settings.DATA_DIR}, less than a tenth", "Make room soon.")
    else:
        yield Finding(GOOD, f"{free} are free in {settings.DATA_DIR}")


def duties_are_done() -> Iterator[Finding]:
    records = {r.name: r for r in DutyRecord.objects.all()}
    failed = [r.name for r in records.values() if r.failed_at]
    late = [
        d.name
        for d in maintenance.DUTIES
        if d.name not in records
        or (done := records[d.name].done_at) is None
        or done < timezone.now() - max(2 * d.every, DAY)
    ]
    for name in failed:
        yield Finding(BAD, f"the duty “{name}” failed", "Why stands in the admin, under Duties.")
    if late := [name for name in late if name not in failed]:
        timer = "Run `manage.py run_maintenance` every five minutes, from the timer in deploy/ or from cron."
        yield Finding(BAD, f"not done in time: {', '.join(late)}", timer)
    if not failed and not late:
        yield Finding(GOOD, "what is due was done")


def workers_work() -> Iterator[Finding]:
    tasks, now = jobs.DBTaskResult.objects, timezone.now()
    if not settings.TASKS["default"]["BACKEND"].startswith("django_tasks_db"):
        yield Finding(GOOD, "no worker is needed (BACKGROUND_WORKER=0)")
        return
    waiting = tasks.ready().filter(enqueued_at__lt=now - 10 * MINUTE).count()
    stopped = tasks.running().filter(started_at__lt=now - jobs.STOPPED).count()
    failed = tasks.failed().filter(finished_at__gt=now - DAY).count()
    if waiting or stopped:
        mend = "Is `manage.py db_worker` running? (systemctl status course-worker)"
        yield Finding(BAD, f"{waiting} tasks wait for more than ten minutes, {stopped} lost their worker", mend)
    elif failed:
        yield Finding(ODD, f"{failed} tasks failed since yesterday", "Why stands in the admin, under Task Results.")
    else:
        yield Finding(GOOD, "the worker keeps up")


def others_who_are_told() -> Iterator[Finding]:
    if settings.SENTRY_DSN:
        host = urlsplit(settings.SENTRY_DSN).hostname
        yield Finding(GOOD, f"errors are told to {host}: their kind and place, no words and no people")
    if settings.METRICS_TOKEN:
        yield Finding(GOOD, "figures about kinds of pages are given to who brings METRICS_TOKEN")
    if not settings.SENTRY_DSN and not settings.METRICS_TOKEN:
        yield Finding(GOOD, "no figures and no errors go anywhere")


EXAMINATIONS: tuple[
    tuple[str, Callable[[], Iterator[Finding]], bool], ...
] = (  # name, examination, needs the database's tables
    ("settings", settings_are_safe, False),
    ("keys", secrets_are_kept, False),
    ("database", database_is_well, False),
    ("migrations", tables_are_made, True),
    ("cache", cache_answers, False),
    ("storage", storage_keeps, False),
    ("mail", mail_goes_out, False),
    ("TLS", tls_lasts, False),
    ("clock", clock_is_right, True),
    ("disk", disk_has_room, False),
    ("duties", duties_are_done, True),
    ("worker", workers_work, True),
    ("told", others_who_are_told, False),
)


def examine() -> Iterator[tuple[str, Finding]]:
    """Every finding, with the name of what was looked at. An examination that breaks is a finding itself."""
    tables = True
    for name, examination, needs_tables in EXAMINATIONS:
        if needs_tables and not tables:
            yield name, Finding(ODD, "not looked at, since the database or its tables are missing")
            continue
        try:
            for finding in examination():
                tables = tables and not (name in {"database", "migrations"} and finding.state == BAD)
                yield name, finding
        except Exception as error:
            yield name, Finding(BAD, f"could not be looked at ({type(error).__name__}: {error})", "")
