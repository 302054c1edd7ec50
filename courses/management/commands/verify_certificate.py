"""manage.py verify_certificate: checks a certificate with the public key alone, without network and database."""

from __future__ import annotations

import re
import zlib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses import certificates, signed

LARGEST = 20_000_000  # bytes of a file, and of a stream in it


class Command(BaseCommand):
    help = "Check a certificate: the number or address in its QR code, or a file (text, page or PDF) that holds it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("certificate", nargs="?", help="a number, an address, or the name of a file")
        parser.add_argument("--key", action="append", help="a public key to check with, instead of this site's")
        parser.add_argument(
            "--print-key", action="store_true", help="print this site's public keys, the one in use first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        keys = options["key"] or certificates.public_keys()
        if options["print_key"]:
            self.stdout.write("\n".join(keys))
            return
        if not options["certificate"]:
            raise CommandError("Give a certificate: the number or address in its QR code, or a file.")
        fields = self.checked(options["certificate"], keys)
        for name in signed.FIELDS:
            value = fields[name]
            self.stdout.write(f"{name}: {'; '.join(value) if isinstance(value, list) else value}")
        self.stdout.write(
            "The signature is genuine: this is what was issued. Whether it was revoked, only the site knows."
        )

    def checked(self, given: str, keys: list[str]) -> dict[str, Any]:
        failure: Exception = signed.Unreadable()
        for text in _texts(given):
            try:
                return signed.unpack(signed.digits_in(text), keys)
            except (signed.Unreadable, signed.Altered) as error:
                failure = error if isinstance(error, signed.Altered) else failure
            except ValueError as error:
                raise CommandError(str(error)) from error
        if isinstance(failure, signed.Altered):
            raise CommandError("Altered, or issued by somebody else: the signature does not fit.")
        raise CommandError("There is no certificate in this.")


def _texts(given: str) -> Iterator[str]:
    """What was given itself, or the texts in the file of that name; a PDF keeps the address in one of its packed streams."""
    path = Path(given)
    if re.search(r"[0-9]{180,}", given) or not path.is_file():
        yield given
        return
    content = path.read_bytes()[:LARGEST]
    if not content.startswith(b"%PDF"):
        yield from re.findall(r"[0-9]{180,}", content.decode("utf-8", "replace"))
        return
    streams = [content, *(part.split(b"endstream")[0].strip(b"\r\n") for part in content.split(b"stream\r\n")[1:])]
    streams += [part.split(b"endstream")[0].strip(b"\r\n") for part in content.split(b"stream\n")[1:]]
    for stream in streams:
        try:
            unpacked = zlib.decompressobj().decompress(stream, LARGEST)
        except zlib.error:
            unpacked = stream
        yield from re.findall(r"[0-9]{180,}", unpacked.decode("latin-1"))
