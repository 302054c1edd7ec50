"""Reads settings from the environment, and the one secret that the embedded site makes for itself.

What cannot be read is written down in `problems`, and `finish()`, the last line of the settings, says all of it at once.
"""

from __future__ import annotations

import os
import re
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"", "0", "false", "no", "off"}
SECOND_INSTALL = "install what larger installations need: pip install --require-hashes -r requirements-production.txt"
# WAL and IMMEDIATE: readers never wait, writers queue instead of failing. FULL: NORMAL loses an acknowledged write in a power cut.
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000;",
    },
}
FORGIVING = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 1,
}  # seconds, after which the site goes on without the cache

problems: list[str] = []


def finish() -> None:
    """Raise ImproperlyConfigured with everything that was wrong, if anything was."""
    if problems:
        found = "\n  ".join(dict.fromkeys(problems))
        problems.clear()
        raise ImproperlyConfigured(f"The site cannot start. Set these, then start again:\n  {found}")


def text(name: str, default: str = "") -> str:
    """The variable's value without surrounding space, or the default when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """A yes/no variable."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE | FALSE:
        return value.strip().lower() in TRUE
    problems.append(f"{name}={value!r}: write 1 or 0.")
    return default


def number(name: str, default: int) -> int:
    """A whole number, not below 0."""
    value = text(name)
    if not value:
        return default
    if value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    problems.append(f"{name}={value!r}: write a whole number.")
    return default


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated variable as a list, empty entries left out."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words; the first is the default."""
    value = text(name, allowed[0])
    if value in allowed:
        return value
    problems.append(f"{name}={value!r}: write one of {', '.join(allowed)}.")
    return allowed[0]


def optional(name: str, shape: str, module: str, advice: str) -> str:
    """What switches a part on that is off by default: nothing, or a value of that shape where the part's library is installed."""
    value = text(name)
    if value:
        if not re.fullmatch(shape, value):
            problems.append(f"{name}: {advice}")  # without the value, which is a secret
        _needs(name, module)
    return value


def _split(name: str, schemes: str, example: str) -> tuple[SplitResult, dict[str, str]] | None:
    """The address in a variable and its ?parameters, or None when it is unset or cannot be read.

    What is wrong is said without the value: it may hold a password.
    """
    value = text(name)
    if not value:
        return None
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in schemes.split() or ":" not in value:
        problems.append(
            f"{name}: cannot be read as an address. Write {example} (in a password, write @ as %40, / as %2F, # as %23)."
        )
        return None
    return parts, dict(parse_qsl(parts.query, keep_blank_values=True))


def _whole(name: str, parameters: dict[str, str], key: str, default: int) -> int:
    value = parameters.pop(key, str(default))
    if value.isascii() and value.isdigit():
        return int(value)
    problems.append(f"{name}: {key}={value!r} is no whole number.")
    return default


def _needs(name: str, module: str) -> None:
    if find_spec(module) is None:
        problems.append(f"{name}: needs the library {module}; {SECOND_INSTALL}.")


def _unquoted(value: str | None) -> str:
    return unquote(value or "")


def database(name: str, default: Path) -> dict[str, Any]:
    """The database: SQLite in the file `default`, or where postgresql://… or sqlite:////… in the variable says.

    PostgreSQL keeps a connection for each thread; `?pool=N` shares N between the threads of a process instead. With `?prepare=1` each
    connection keeps the busiest queries planned (courses.prepared). All other parameters go to libpq (sslmode, connect_timeout, host
    for a socket's folder…).
    """
    example = "postgresql://user:password@host:5432/name, or leave it out for SQLite"
    if (found := _split(name, "postgres postgresql sqlite", example)) is None:
        return {**SQLITE, "NAME": default}
    parts, parameters = found
    if parts.scheme == "sqlite":
        path = _unquoted(parts.path)[1:]
        if not path.startswith("/"):
            problems.append(f"{name}: name the file from the root, sqlite:////srv/course/db.sqlite3.")
        return {**SQLITE, "NAME": Path(path)}
    _needs(name, "psycopg")
    if not parts.path.strip("/"):
        problems.append(f"{name}: names no database. Write {example}.")
    pool, prepare = _whole(name, parameters, "pool", 0), parameters.pop("prepare", "0")
    if prepare not in {"0", "1"}:
        problems.append(f"{name}: prepare={prepare!r}: write 1 or 0.")
    options: dict[str, Any] = {"connect_timeout": 5, **parameters}
    if prepare == "1":
        options["prepare_threshold"] = 0  # planned for all the first time that a connection is asked
    if pool:
        # A database that comes back is tried again within seconds; who waits for a connection is told after five.
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 5, "reconnect_timeout": 5, "max_idle": 60}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _unquoted(parts.path[1:]),
        "USER": _unquoted(parts.username),
        "PASSWORD": _unquoted(parts.password),
        "HOST": _unquoted(parts.hostname),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pool else None,
        "CONN_HEALTH_CHECKS": True,  # a database that was started again is met by the next request, not by an error
        # A pooler in transaction mode gives each statement another connection, and a cursor kept on the server would be gone.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": options,
    }


def caches(name: str) -> dict[str, Any]:
    """The caches: a table of the database, or the Redis or Valkey that the variable names, which all machines share."""
    key = {"KEY_FUNCTION": "harmreduction.cache_keys.scrambled"}
    example = "redis://:password@host:6379/0 (rediss:// with TLS)"
    if (found := _split(name, "redis rediss valkey valkeys unix", example)) is None:
        return {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache", **key}}
    _needs(name, "redis")
    if found[0].scheme != "unix" and not found[0].hostname:
        problems.append(f"{name}: names no machine. Write {example}.")
    location = text(name).replace("valkey", "redis", 1) if found[0].scheme.startswith("valkey") else text(name)
    shared = {"LOCATION": location, "OPTIONS": dict(FORGIVING), **key}
    return {
        "default": {"BACKEND": "harmreduction.caches.CountingCache", "KEY_PREFIX": "counts", **shared},
        "sessions": {"BACKEND": "harmreduction.caches.ForgettingCache", "KEY_PREFIX": "sessions", **shared},
    }


def media_storage(name: str) -> dict[str, Any]:
    """Where uploads and course media are: MEDIA_ROOT, or the S3-compatible bucket that the variable names."""
    example = "s3://key:secret@host/bucket?region=eu-central-1 (and &prefix=media/, &tls=0)"
    if (found := _split(name, "s3", example)) is None:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts, parameters = found
    _needs(name, "storages")
    _needs(name, "boto3")
    bucket, region = parts.path.strip("/"), parameters.pop("region", "us-east-1")
    prefix, tls = parameters.pop("prefix", ""), parameters.pop("tls", "1")
    if not (parts.hostname and bucket and "/" not in bucket) or bool(parts.username) != bool(parts.password):
        problems.append(f"{name}: needs a key, a secret, a host and a bucket. Write {example}.")
    if parameters or tls not in {"0", "1"}:
        problems.append(f"{name}: understands region, prefix and tls=0 or 1, nothing else.")
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    return {
        "BACKEND": "harmreduction.storages.BucketStorage",
        "OPTIONS": {
            "access_key": _unquoted(parts.username) or None,
            "secret_key": _unquoted(parts.password) or None,
            "bucket_name": _unquoted(bucket),
            "endpoint_url": f"{'https' if tls == '1' else 'http'}://{host}",
            "region_name": region,
            "location": prefix,
        },
    }


def email(name: str) -> dict[str, Any]:
    """The EMAIL_… settings: shown in the console, or what smtp://…, smtps://…, file:///… or none: in the variable says."""
    example = "smtp://user:password@host:587 (STARTTLS), smtps://user:password@host:465, file:///a/folder, or none:"
    backends = "django.core.mail.backends."
    if (found := _split(name, "smtp smtps file none console", example)) is None:
        return {"EMAIL_BACKEND": backends + "console.EmailBackend"}
    parts, parameters = found
    if parts.scheme == "none":
        return {"EMAIL_BACKEND": backends + "dummy.EmailBackend"}
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": backends + "console.EmailBackend"}
    if parts.scheme == "file":
        return {"EMAIL_BACKEND": backends + "filebased.EmailBackend", "EMAIL_FILE_PATH": _unquoted(parts.path)}
    if not parts.hostname:
        problems.append(f"{name}: names no machine. Write {example}.")
    tls = parameters.pop("tls", "1")
    if parameters or tls not in {"0", "1"}:
        problems.append(f"{name}: understands tls=0 or 1, nothing else.")
    return {
        "EMAIL_BACKEND": backends + "smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": _unquoted(parts.username),
        "EMAIL_HOST_PASSWORD": _unquoted(parts.password),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and tls == "1",
        "EMAIL_TIMEOUT": 10,
    }


def kept_secret(path: Path) -> str:
    """The secret in a file that only the owner can read; made once when the file is not there.

    Two processes that start at the same moment agree: the file is created with O_EXCL, and who comes second reads.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    value = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(value)
    return value
