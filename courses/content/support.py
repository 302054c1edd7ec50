"""Where to turn, by region: what the page "Get support" lists, from content/support.yaml, which whoever runs the site may change."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from courses.content import files
from courses.content.errors import Problem
from courses.content.explaining import shaped
from courses.content.schema import RegionDocument, SupportDocument

NAME = "support.yaml"

logger = logging.getLogger(__name__)


def read_support(content: Path) -> tuple[list[RegionDocument], list[Problem]]:
    """The regions of a content folder, and every problem. A folder without the file has no regions and no problem."""
    source, problems = files.read_document(content / NAME)
    document = shaped(source, SupportDocument, problems) if source else None
    return (document.regions if document else []), sorted(set(problems))


def regions() -> list[RegionDocument]:
    """What the page shows: the file as it is now. None of it while the file has problems, which the log then names."""
    file = Path(settings.CONTENT_DIR, NAME)
    return _regions_of(file.parent, file.stat().st_mtime_ns) if file.is_file() else []


@lru_cache(maxsize=1)
def _regions_of(content: Path, _modified: int) -> list[RegionDocument]:
    found, problems = read_support(content)
    for problem in problems:
        logger.error("%s", problem)
    return found
