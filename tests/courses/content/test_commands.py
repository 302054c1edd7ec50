"""The two commands: what they print, where, and with which exit status."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from courses.content import checking
from courses.models import Course, Step
from tests.courses.content.course_files import WELCOME, CourseFiles

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str, str]:
    """What a command printed to each side, and with what words it failed, if it did."""
    stdout, stderr, failure = StringIO(), StringIO(), ""
    try:
        call_command(*arguments, stdout=stdout, stderr=stderr)
    except CommandError as error:
        failure = str(error) if error.returncode == 1 else "another exit status"
    return stdout.getvalue(), stderr.getvalue(), failure


@pytest.fixture
def another(content) -> CourseFiles:
    """A second course beside the first."""
    files = CourseFiles(content, "another")
    files.change("course.yaml", "id: naloxone", "id: another")
    return files


class TestCheckContent:
    def test_good_courses_get_a_line_each(self, files, another):
        assert run("check_content") == (
            "another: weeks 1, topics 2, steps 3, drafts 0, minutes 18; nothing to mend\n"
            "naloxone-now: weeks 1, topics 2, steps 3, drafts 0, minutes 18; nothing to mend\n",
            "",
            "",
        )

    def test_all_problems_of_all_courses_go_to_the_error_side(self, files, another):
        files.change(WELCOME, "minutes: 5", "minutes: 0")
        files.change(WELCOME, "kind: article", "kind: artikel")
        another.write("notes.txt", "")

        stdout, stderr, failure = run("check_content")

        assert stdout == ""
        assert [line.split(": ")[0] for line in stderr.splitlines()] == [
            "another/notes.txt:1",
            f"naloxone-now/{WELCOME}:3",
            f"naloxone-now/{WELCOME}:6",
        ]
        assert failure == "3 to mend."

    @pytest.mark.parametrize("by_path", [True, False])
    def test_one_folder_by_path_or_name(self, files, another, by_path):
        another.write("notes.txt", "")

        stdout, stderr, failure = run("check_content", str(files.folder) if by_path else "naloxone-now")

        assert (stdout.split(":")[0], stderr, failure) == ("naloxone-now", "", "")

    def test_a_folder_that_is_not_there(self, files):
        assert "There is no folder gone" in run("check_content", "gone")[2]

    def test_a_named_folder_without_a_course(self, content):
        (content / "empty").mkdir()

        stderr = run("check_content", "empty")[1]

        assert stderr.startswith("empty/course.yaml:1: is missing")

    def test_no_course_at_all(self, content):
        assert "There is no course in" in run("check_content")[2]

    def test_two_courses_with_one_id(self, files, another):
        another.change("course.yaml", "id: another", "id: naloxone")

        _stdout, stderr, failure = run("check_content")

        assert 'naloxone-now/course.yaml:1: the id "naloxone" is already that of the course in another/' in stderr
        assert failure == "1 to mend."


class TestLoadCourse:
    def test_all_courses_are_loaded(self, files, another):
        stdout, stderr, failure = run("load_course")

        assert "naloxone-now\n  added      course naloxone: Naloxone\n" in stdout
        assert (stderr, failure) == ("", "")
        assert Course.objects.count() == 2

    def test_one_course_by_name(self, files, another):
        run("load_course", "another")

        assert Course.objects.get().uid == "another"

    @pytest.mark.parametrize("named", ["another/", "{content}/another", "{content}/another/"])
    def test_one_course_by_its_folder(self, files, another, content, named):
        run("load_course", named.format(content=content))

        assert Course.objects.get().uid == "another"

    @pytest.mark.parametrize("side", ["--ours", "--theirs"])
    def test_a_choice_for_an_id_that_is_none_is_told(self, files, side):
        run("load_course")
        Step.objects.filter(uid="welcome").update(title="From the admin")
        files.change(WELCOME, "title: Welcome", "title: From the files")

        stdout, _stderr, failure = run("load_course", side, "wellcome")

        assert "conflict   step welcome" in stdout
        assert failure == "Nothing was chosen for wellcome: no page has this id."
        assert run("load_course", side, "welcome")[2] == ""

    def test_a_name_that_is_none(self, files, another):
        assert "There is no course nalox in" in run("load_course", "nalox")[2]

    def test_again_there_is_nothing_to_do(self, files):
        run("load_course")

        assert run("load_course", "--all") == ("naloxone-now\n  nothing to do\n", "", "")

    def test_a_course_with_problems_is_refused_and_the_others_are_loaded(self, files, another):
        files.change(WELCOME, "minutes: 5", "minutes: 0")

        stdout, stderr, failure = run("load_course")

        assert "naloxone-now" not in stdout
        assert stderr == f"naloxone-now/{WELCOME}:6: minutes is 0; it must be at least 1\n"
        assert failure == "Not loaded, and left in the database as they were: naloxone-now."
        assert Course.objects.get().uid == "another"

    def test_a_refused_course_stays_as_it_was(self, files):
        run("load_course")
        files.change(WELCOME, "title: Welcome", "title: Hello")
        files.change(WELCOME, "minutes: 5", "minutes: 0")
        run("load_course")

        assert Step.objects.get(uid="welcome").title == "Welcome"

    def test_a_dry_run_shows_the_plan_and_writes_nothing(self, files):
        stdout, _stderr, failure = run("load_course", "--dry-run")

        assert stdout.startswith("naloxone-now, only a plan, nothing was written\n  added      course naloxone")
        assert failure == ""
        assert not Course.objects.exists()

    def test_two_courses_with_one_id_are_both_refused(self, files, another):
        another.change("course.yaml", "id: another", "id: naloxone")

        _stdout, stderr, failure = run("load_course", "naloxone-now")

        assert 'the id "naloxone" is already that of the course in another/course.yaml' in stderr
        assert failure == "Nothing was loaded."
        assert not Course.objects.exists()

    def test_an_address_taken_in_the_database_is_a_problem_like_any_other(self, files):
        Course.objects.create(uid="other", slug="naloxone-now", title="Another")

        _stdout, stderr, failure = run("load_course")

        assert stderr.startswith('naloxone-now/course.yaml:1: the address "naloxone-now" is already that of')
        assert failure.startswith("Not loaded")

    def test_no_course_at_all_is_no_failure(self, content):
        assert run("load_course") == ("", "", "")


class TestQuickly:
    def test_a_course_whose_files_were_loaded_last_is_not_even_read(self, files, monkeypatch):
        run("load_course")
        monkeypatch.setattr(checking, "check_course", lambda source: 1 / 0)

        assert run("load_course", "--quick") == ("", "", "")

    def test_a_changed_course_is_loaded(self, files, another):
        run("load_course")
        files.change(WELCOME, "title: Welcome", "title: Hello")

        stdout, _stderr, _failure = run("load_course", "--quick")

        assert stdout == "naloxone-now\n  renamed    step welcome: title Welcome → Hello\n"

    def test_an_edit_that_changes_nothing_is_remembered(self, files):
        """A comment in the YAML: the digest is another, the course the same."""
        run("load_course")
        files.add("course.yaml", after="id:", line="# of the course")

        assert run("load_course", "--quick")[0] == "naloxone-now\n  nothing to do\n"
        assert run("load_course", "--quick")[0] == ""
        assert Course.objects.get().version == 1

    def test_a_renamed_folder_is_loaded(self, files):
        run("load_course")
        files.folder.rename(files.folder.with_name("naloxone-today"))

        assert "slug naloxone-now → naloxone-today" in run("load_course", "--quick")[0]
