"""Messages of the content checks, which name places in files, as sentences that stand beside a field."""

from __future__ import annotations


def sentence(message: str) -> str:
    """With a capital at the start and a full stop at the end."""
    message = message[:1].upper() + message[1:]
    return message if message.endswith((".", "?", "!", "…")) else f"{message}."


def without_place(message: str, field: str) -> str:
    """Without the name of the field at its start: the message stands beside the field."""
    for name in (field, field.split(".")[0]):
        for start in (f"{name}: ", f"{name} "):
            if name and message.startswith(start):
                return message.removeprefix(start)
    return message
