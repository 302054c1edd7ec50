"""Two addresses for machines that watch the site, answered before anything else: no session, no redirect, whatever name was asked for.

/healthz: this process answers. /readyz: it can serve, that is, the database answers and knows our tables; what the site can do without
(the cache, a worker) is named and does not make it unready.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

OK, GONE = "ok", "not reachable"


class Health:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._migrated = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            if request.path == "/healthz":
                return _answer({"site": OK}, ready=True)
            if request.path == "/readyz":
                return self._readiness()
        return self.get_response(request)

    def _readiness(self) -> HttpResponse:
        found = {"database": database_state(), "cache": cache_state()}
        if found["database"] == OK and not self._migrated:
            found["database"] = OK if not pending_migrations() else "migrations are pending"
            # Migrations only grow with a new version, and that is a new process.
            self._migrated = found["database"] == OK
        return _answer(found, ready=found["database"] == OK)


def _answer(found: dict[str, Any], *, ready: bool) -> HttpResponse:
    return JsonResponse(found, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


def database_state() -> str:
    """Whether the database answers a question at all."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # Django wraps the driver's errors in its own; a pool has kinds of its own
        connection.close()  # what broke is not kept for the next request
        return GONE
    return OK


def cache_state() -> str:
    """Whether what is put into the cache is found again. (With Redis away, counts go on in each process; that is said by `gone`.)"""
    try:
        cache.set("health", "ok", timeout=10)
        found = cache.get("health") == "ok"
    except Exception:
        return GONE
    return GONE if not found or getattr(cache, "gone", False) else OK


def pending_migrations() -> list[str]:
    """The migrations that this version has and the database has not, as "app.name"."""
    executor = MigrationExecutor(connection)
    return [f"{m.app_label}.{m.name}" for m, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
