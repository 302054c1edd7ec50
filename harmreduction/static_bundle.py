"""Fingerprinted, compressed static files, and one squeezed stylesheet made of the four that every page needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# A string or address stays as it is; a comment goes; space goes beside what needs none.
_PARTS = re.compile(rb"""("[^"]*"|'[^']*'|url\([^)]*\))|/\*.*?\*/|\s*([{};,])\s*|(?<=[\w-]:)\s+|(\s+)""", re.DOTALL)


def squeezed(stylesheet: bytes) -> bytes:
    """The same stylesheet without its comments and the space that only readers need: a tenth less, compressed."""
    return _PARTS.sub(lambda m: m[1] or m[2] or (b" " if m[3] else b""), stylesheet).replace(b";}", b"}")


class BundlingStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Join the stylesheets of STYLESHEET_BUNDLE, then fingerprint and compress everything."""
        bundle, parts = settings.STYLESHEET_BUNDLE
        if not dry_run and all(part in paths for part in parts):
            words = squeezed(b"\n".join(self._bytes_of(*paths[part]) for part in parts))
            if self.exists(bundle):
                self.delete(bundle)
            self.save(bundle, ContentFile(words))
            paths[bundle] = (self, bundle)
        yield from super().post_process(paths, dry_run, **options)

    @staticmethod
    def _bytes_of(storage: Any, path: str) -> bytes:
        with storage.open(path) as file:
            content: bytes = file.read()
            return content
