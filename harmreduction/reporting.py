"""Errors told to a Sentry (or GlitchTip) of one's own: off unless SENTRY_DSN is set.

What leaves is made anew from a short list: the kind of error, where in our code it happened, the page's pattern, the request's number.
Neither its words nor a request, cookie, variable, name or address is in it, whatever the library collected.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from harmreduction.logs import page_of, request_id

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment")
KEPT_OF_FRAMES = ("filename", "module", "function", "lineno", "in_app")


def start(dsn: str, **more: Any) -> None:
    """From here on, what is logged as an error is told there too. `more` goes to the library (tests give a transport)."""
    import sentry_sdk
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn,
        # Not Django's: it gathers requests, people and queries. All that breaks is logged, and that is enough.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
        before_send=without_people,
        include_local_variables=False,  # nor people: send_default_pii is off unless it is asked for
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
        **more,
    )


def without_people(event: Event, hint: Hint) -> Event:
    """The event made anew from what may be told."""
    given: dict[str, Any] = dict(event)
    told: dict[str, Any] = {name: given[name] for name in KEPT if name in given}
    told["exception"] = {"values": [_of_exception(e) for e in given.get("exception", {}).get("values", ())]}
    told["tags"] = {"request_id": request_id.get()}
    record: logging.LogRecord | None = hint.get("log_record")
    if record:
        told["tags"]["where"] = f"{record.module}:{record.lineno}"
        told["transaction"] = page_of(getattr(record, "request", None))
    return told  # type: ignore[return-value]


def _of_exception(found: dict[str, Any]) -> dict[str, Any]:
    frames = (found.get("stacktrace") or {}).get("frames", ())
    kept = [{name: frame.get(name) for name in KEPT_OF_FRAMES} for frame in frames]
    return {"type": found.get("type"), "module": found.get("module"), "stacktrace": {"frames": kept}}
