"""Reading course folders: what is found, what is ignored, and what cannot be read, with its place."""

import os

import pytest

from courses.content.files import read_course
from courses.content.folders import course_folders, digest_of
from tests.courses.content.course_files import FILM, OTHER_TOPIC, PRACTICE, TOPIC, WELCOME, CourseFiles


def test_a_course_is_read_with_the_line_of_every_field(files):
    course = read_course(files.folder)

    step = course.weeks[0].topics[0].steps[0]
    assert course.problems == []
    assert step.document.data["figures"][0]["id"] == "van"
    assert step.document.line_of(("figures", 0, "alt")) == files.line(WELCOME, "alt:")
    assert step.document.line_of(("references", 0, "gone")) == files.line(WELCOME, "- id: who-2014")
    assert step.document.line_of(("gone",)) == 1
    assert step.body.startswith("It works.")
    assert step.body_line == files.line(WELCOME, "It works.")


def test_order_comes_from_the_numbers(files):
    files.step(f"{TOPIC}/10-tenth.md", "tenth")
    files.step(f"{TOPIC}/9-ninth.md", "ninth")

    topic = read_course(files.folder).weeks[0].topics[0]

    assert [step.name for step in topic.steps] == ["welcome", "film", "ninth", "tenth"]


def test_only_folders_with_a_course_are_courses(content, files):
    CourseFiles(content, "another")
    (content / "schema").mkdir()
    (content / ".hidden").mkdir()
    (content / ".hidden" / "course.yaml").write_text("id: hidden")
    (content / "README.md").write_text("For authors.")

    assert [folder.name for folder in course_folders(content)] == ["another", "naloxone-now"]


def test_a_folder_with_weeks_is_a_course_even_without_course_yaml(content, files):
    files.remove("course.yaml")

    assert course_folders(content) == [files.folder]


def test_no_content_folder_means_no_courses(content):
    assert course_folders(content / "nowhere") == []


def test_hidden_files_copies_of_editors_and_readmes_are_ignored(files):
    for name in (
        ".DS_Store",
        f"{TOPIC}/.01-welcome.md.swp",
        f"{TOPIC}/01-welcome.md~",
        f"{TOPIC}/README.md",
        "README.md",
    ):
        files.write(name, b"\xff")

    assert files.problems() == []


def test_yaml_is_read_as_its_version_1_2(files):
    """12:30 is no number, no is no false, a date is text."""
    files.change(WELCOME, "content_note: This step mentions overdose.", "content_note: 12:30")
    files.change(WELCOME, "note: Web page", "note: no")
    files.change(WELCOME, "claim: It works.", "claim: 2014-05-01")

    data = read_course(files.folder).weeks[0].topics[0].steps[0].document.data

    assert data["content_note"] == "12:30"
    assert data["see_also"][0]["note"] == "no"
    assert data["references"][0]["claim"] == "2014-05-01"


def test_a_file_that_is_gone_is_not_what_was_looked_at(files):
    picture = read_course(files.folder).media["media/van.svg"]
    assert picture.unchanged

    files.remove("media/van.svg")

    assert not picture.unchanged


def test_line_ends_of_windows_and_a_byte_order_mark_make_no_difference(files):
    before = files.checked().steps[0]
    files.write(WELCOME, b"\xef\xbb\xbf" + files.read(WELCOME).replace("\n", "\r\n").encode())

    after = files.checked().steps[0]

    assert (after.document, after.body) == (before.document, before.body)


class TestWhatCannotBeRead:
    def test_bytes_that_are_not_utf_8(self, files):
        files.write(WELCOME, files.read(WELCOME).encode().replace(b"It works.[", b"It w\xf6rks.["))

        problem = files.problem()

        assert (problem.path, problem.line) == (f"naloxone-now/{WELCOME}", 31)
        assert "is not UTF-8 (byte 0xF6)" in problem.message

    def test_control_characters(self, files):
        files.change(WELCOME, "So we", "So\0we")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "It works.")
        assert "control character" in problem.message

    def test_fields_that_do_not_open(self, files):
        files.write(WELCOME, "\n" + files.read(WELCOME))

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME)
        assert "first line must be ---" in problem.message

    def test_fields_that_do_not_close(self, files):
        files.write(PRACTICE, "---\nid: practice\nkind: activity\n")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(PRACTICE)
        assert "not closed; put a line ---" in problem.message

    def test_yaml_that_does_not_parse(self, files):
        files.change(WELCOME, "title: Welcome", "title: Welcome: a start")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "title:")
        assert problem.message.startswith('YAML: ": " stands here where no field can begin')
        assert "in quotes" in problem.message

    @pytest.mark.parametrize(
        ("week", "line", "words"),
        [
            ('id: first\ntitle: "First\nlead: x', 2, "a quotation mark is opened here and not closed"),
            ("id: first\ntitle:First\nlead: x", 2, "with a space behind the colon"),
            ("id: first\nlead: |\n\tx", 3, "a tab stands here; indent with spaces"),
            ("id: first\n title: First", 2, "begin straight below each other"),
            ("id: first\nlead: 'It's here'", 2, "A text that contains quotation marks"),
            ("id: first\nlead: [A] first week", 2, "begins with a special character, stands in quotes"),
            ("id: first\nlead: @home", 2, "begins with a special character, stands in quotes"),
            ("id: first\nlead: *important*", 2, "begins with a special character, stands in quotes"),
            ("id: first\nlead: &Co", 2, "a text that begins with & stands in quotes"),
            ('id: first\nlead: "C:\\q"', 2, "a backslash is written twice"),
            ("id: first\n---\ntitle: First", 2, "begins a second set of fields"),
        ],
    )
    def test_it_is_said_where_and_what_an_author_may_have_meant(self, files, week, line, words):
        files.write("01-first-week/week.yaml", week + "\n")

        problem = files.problem()

        assert (problem.line, words in problem.message) == (line, True), problem.message

    def test_a_field_that_stands_twice(self, files):
        files.add(WELCOME, after="minutes:", line="title: Again")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "title: Again")
        assert problem.message == '"title" stands here a second time, first on line 4; remove one'

    def test_fields_that_are_no_fields(self, files):
        files.write("01-first-week/week.yaml", "just words\n")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place("01-first-week/week.yaml")
        assert '"name: value"' in problem.message

    @pytest.mark.parametrize("spoilt", ["lead: &x Hello\nlead_again: *x", "lead: !!python/object:os.system x"])
    def test_yaml_beyond_plain_data(self, files, spoilt):
        files.write("01-first-week/week.yaml", f"id: first-week\ntitle: First week\n{spoilt}\n")

        problem = files.problem()

        assert problem.path == "naloxone-now/01-first-week/week.yaml"
        assert "not used here" in problem.message

    @pytest.mark.parametrize("spoilt", ["lead: " + "[" * 5000, "a: {" * 3000, "- " * 20_000, "x" * 120_000])
    def test_yaml_that_would_take_for_ever(self, files, spoilt):
        files.write("01-first-week/week.yaml", spoilt)

        assert files.problem().path == "naloxone-now/01-first-week/week.yaml"

    def test_a_text_of_a_megabyte(self, files):
        files.write(PRACTICE, files.read(PRACTICE) + "word " * 200_001)

        assert "longer than 1,000,000 bytes" in files.problem().message

    def test_every_problem_is_found_in_one_pass(self, files):
        files.write(PRACTICE, "no fields")
        files.write(f"{OTHER_TOPIC}/topic.yaml", b"title: \xff")
        files.change(WELCOME, "minutes: 5", "minutes: five")

        assert [problem.path for problem in files.problems()] == [
            f"naloxone-now/{WELCOME}",
            f"naloxone-now/{PRACTICE}",
            f"naloxone-now/{OTHER_TOPIC}/topic.yaml",
        ]

    def test_a_folder_that_is_not_there(self, content):
        assert "cannot be read" in read_course(content / "gone").problems[0].message


class TestWhatWouldBeOverlooked:
    @pytest.mark.parametrize(
        ("path", "wanted"),
        [
            ("notes.txt", "weeks are folders named like 01-first-week"),
            ("second-week/week.yaml", "weeks are folders named like 01-first-week"),
            ("02_second-week/week.yaml", "weeks are folders named like 01-first-week"),
            ("01-first-week/intro.md", "topics, which are folders"),
            (f"{TOPIC}/welcome-again.md", "files named like 01-first-step.md"),
            (f"{TOPIC}/03-Über.md", "files named like 01-first-step.md"),
            (f"{TOPIC}/picture.svg", "files named like 01-first-step.md"),
        ],
    )
    def test_a_file_that_has_no_place(self, files, path, wanted):
        files.write(path, "id: x\n")

        problem = files.problem()

        assert problem.path.startswith("naloxone-now/" + path.split("/week.yaml")[0])
        assert "would be overlooked" in problem.message
        assert wanted in problem.message

    @pytest.mark.parametrize(
        ("path", "better"),
        [
            ("Glossary.yml", "glossary.yaml"),
            ("02_second week/week.yaml", "02-second-week"),
            ("01-first-week/week.yml", "week.yaml"),
            ("01-first-week/03 Third Topic/topic.yaml", "03-third-topic"),
            (f"{TOPIC}/03-Welcome_again.md", "03-welcome-again.md"),
            (f"{TOPIC}/03. Über uns.markdown", "03-uber-uns.md"),
            ("01-first-week/03-intro.md", ""),
            (f"{TOPIC}/03-folder/01-step.md", ""),
            (f"{TOPIC}/notes.md", ""),
        ],
    )
    def test_a_name_that_was_nearly_right_is_put_right(self, files, path, better):
        files.write(path, "id: x\n")

        _said, _rename, proposed = files.problem().message.partition("; rename this to ")

        assert proposed == better


class TestLinksOutOfTheFolder:
    @pytest.fixture
    def secret(self, tmp_path):
        (tmp_path / "secret.md").write_text("---\nid: secret\nkind: article\ntitle: Secret\nminutes: 1\n---\n")
        return tmp_path / "secret.md"

    @pytest.mark.parametrize("path", [f"{TOPIC}/03-secret.md", "media/secret.svg", "02-second-week"])
    def test_are_not_followed(self, files, secret, path):
        os.symlink(secret, files.folder / path)

        problem = files.problem()

        assert (problem.path, problem.line) == (f"naloxone-now/{path}", 1)
        assert "leads out of the course folder" in problem.message

    def test_that_lead_nowhere_or_in_a_circle(self, files):
        os.symlink(files.folder / "gone", files.folder / "media/gone.svg")
        os.symlink(files.folder / "media/circle.svg", files.folder / "media/circle.svg")
        os.symlink(files.folder / "media", files.folder / "media/again")

        assert [(problem.path, problem.message[:20]) for problem in files.problems()] == [
            ("naloxone-now/media/again", "is a link to a folde"),
            ("naloxone-now/media/circle.svg", "is a link that leads"),
            ("naloxone-now/media/gone.svg", "is a link that leads"),
        ]

    def test_course_yaml_is_not_read_from_elsewhere(self, files, secret):
        files.remove("course.yaml")
        os.symlink(secret, files.folder / "course.yaml")

        assert "leads out of the course folder" in files.problem().message

    def test_links_inside_the_folder_are_followed(self, files):
        os.symlink("van.svg", files.folder / "media/same.svg")
        files.change(WELCOME, "media/van.svg", "media/same.svg")

        assert files.problems() == []

    def test_a_pipe_is_not_opened(self, files):
        os.mkfifo(files.folder / f"{TOPIC}/03-pipe.md")

        assert files.problem().message == "is neither a file nor a folder"


class TestTheDigest:
    def test_stays_while_the_files_stay(self, files):
        before = digest_of(files.folder)
        os.utime(files.folder / WELCOME, (1, 1))

        assert digest_of(files.folder) == before

    @pytest.mark.parametrize("path", ["course.yaml", FILM, "media/van.svg", "media/film.en.vtt", f"{TOPIC}/new.md"])
    def test_changes_with_any_file(self, files, path):
        before = digest_of(files.folder)
        files.write(path, "other")

        assert digest_of(files.folder) != before

    def test_changes_when_a_file_is_renamed_or_removed(self, files):
        first = digest_of(files.folder)
        files.move(PRACTICE, f"{OTHER_TOPIC}/02-practice.md")
        second = digest_of(files.folder)
        files.remove(f"{OTHER_TOPIC}/02-practice.md")

        assert len({first, second, digest_of(files.folder)}) == 3

    def test_a_large_film_is_told_by_size_and_time(self, files, monkeypatch):
        monkeypatch.setattr("courses.content.folders.HASHED_WHOLE", 10)
        before = digest_of(files.folder)
        os.utime(files.folder / "media/film.mp4", (1, 1))

        assert digest_of(files.folder) != before
