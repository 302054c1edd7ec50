"""Why a write was not taken. Each says in words what is wrong and what to do, and with which status a page answers."""

from __future__ import annotations


class Refused(Exception):
    """The words could not be taken; the message says why and what to do. It may carry a link (then it is a SafeString)."""

    status = 422

    @property
    def headers(self) -> dict[str, str]:
        return {}


class NotAllowed(Refused):
    """This person may not write now."""

    status = 403


class TooSoon(Refused):
    """It may go ahead in so many seconds."""

    status = 429

    def __init__(self, words: str, seconds: int) -> None:
        super().__init__(words)
        self.seconds = max(1, seconds)

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.seconds)}
