"""Course media and uploads in an S3-compatible bucket, read in ranges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

BLOCK = 64 * 1024  # bytes read at a time


class BucketStorage(S3Storage):  # type: ignore[misc]
    """A bucket that only the site itself reads: readers are served by the site, so nobody else learns their address."""

    def get_default_settings(self) -> dict[str, Any]:
        """Signatures of today, the bucket in the path, and no checksums that only Amazon's own store understands."""
        return {
            **super().get_default_settings(),
            "file_overwrite": False,
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                connect_timeout=3,
                read_timeout=20,
                retries={"max_attempts": 2},
            ),
        }

    def size(self, name: str) -> int:
        """How long a file is. Raises OSError when it is not there, or the bucket cannot be reached."""
        try:
            return int(super().size(name))
        except (ClientError, BotoCoreError) as error:
            raise OSError(f"{name}: {type(error).__name__}") from error

    def blocks(self, name: str, first: int, length: int) -> Iterator[bytes]:
        """The bytes of a range, asked for as a range: opening the file would fetch all of it. Raises OSError when it is not there."""
        key = self._normalize_name(clean_name(name))
        try:
            answer = self.bucket.Object(key).get(Range=f"bytes={first}-{first + length - 1}")
        except (ClientError, BotoCoreError) as error:
            raise OSError(f"{name}: {type(error).__name__}") from error
        found: Iterator[bytes] = answer["Body"].iter_chunks(BLOCK)
        return found
