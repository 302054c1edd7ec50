from pathlib import Path

import pytest

from tests.courses.content.course_files import CourseFiles


@pytest.fixture
def content(tmp_path: Path, settings) -> Path:
    """The content folder."""
    folder = tmp_path / "content"
    folder.mkdir()
    settings.CONTENT_DIR = folder
    return folder


@pytest.fixture
def files(content: Path) -> CourseFiles:
    """The files of a course with nothing wrong in it."""
    return CourseFiles(content)
