"""Queries of the busiest pages, put into SQL once for a process instead of once for a request.

Django's work on such a query (names, joins, lookups) costs several times what the database does. The queryset stays the one source:
it is built with stand-ins for the values that change, compiled, and from then on the values are put where the stand-ins were.

Where DATABASE_URL says ?prepare=1, PostgreSQL keeps them planned as well, once for each connection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import NotSupportedError, connection
from django.db.models import QuerySet


@dataclass(frozen=True)
class _Slot:
    name: str


_compiled: dict[tuple[str, str], tuple[str, list[Any]]] = {}


def rows(name: str, build: Callable[..., QuerySet[Any, Any]], **values: int | str) -> list[tuple[Any, ...]]:
    """The rows of `build(**values)`, a `values_list` queryset, as the database gives them.

    `name` tells queries apart: the same name must always mean the same queryset but for the values. Columns must be texts and whole
    numbers, since nothing is converted.
    """
    key = (name, connection.vendor)
    if key not in _compiled:
        _compiled[key] = _compile(build, values)
    sql, slots = _compiled[key]
    params = [values[slot.name] if isinstance(slot, _Slot) else slot for slot in slots]
    try:
        return _ask(sql, params)
    except NotSupportedError:
        # A migration has changed the type of a column since this was planned. A closed connection is no longer in the pool either.
        if connection.in_atomic_block or not _plans_are_kept():
            raise
        connection.connection.close()
        connection.close()
        return _ask(sql, params)


def _ask(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        if _plans_are_kept():
            from psycopg import Cursor

            # Django's own cursor writes the values into the query, and PostgreSQL would plan it each time. (With DEBUG the log has no
            # words of these queries.)
            cursor.cursor = Cursor(connection.connection)
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _plans_are_kept() -> bool:
    return getattr(connection.connection, "prepare_threshold", None) is not None


def _compile(build: Callable[..., QuerySet[Any, Any]], values: dict[str, int | str]) -> tuple[str, list[Any]]:
    stand_ins: dict[str, int | str] = {
        name: f"stand-in-{i}" if isinstance(value, str) else 987_654_321_000 + i
        for i, (name, value) in enumerate(values.items())
    }
    names = {stand_in: name for name, stand_in in stand_ins.items()}
    sql, params = build(**stand_ins).query.get_compiler(connection=connection).as_sql()
    return sql, [_Slot(names[param]) if param in names else param for param in params]
