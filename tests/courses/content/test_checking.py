"""Checking: every kind of mistake is found at its place and said with the way to mend it, and nothing else is reported with it."""

import re

import pytest

from courses.content import checking, schema
from courses.content.files import read_course, read_course_documents
from courses.content.language import language_warnings
from courses.content.lengths import length_warnings
from courses.content.misreading import misread_warnings
from courses.content.naming import naming_warnings
from courses.content.sources import Document, StepSource
from courses.models import (
    Caption,
    Course,
    Figure,
    QuizQuestion,
    Reference,
    ReflectionQuestion,
    Resource,
    Step,
    Topic,
    Week,
)
from tests.courses.content.course_files import (
    CAPTIONS,
    FILM,
    OTHER_TOPIC,
    PRACTICE,
    TOPIC,
    VAN,
    WELCOME,
    CourseFiles,
    png,
)

COURSE = "course.yaml"
WEEK = "01-first-week/week.yaml"


def test_a_good_course_has_no_problems(files):
    assert files.problems() == []


def test_an_outline_of_steps_without_text_is_a_good_course(files):
    files.step(FILM, "film", kind="video")
    files.remove(f"{TOPIC}/02-film.script.md")

    assert files.problems() == []


class TestFields:
    @pytest.mark.parametrize(
        ("path", "old", "new", "words"),
        [
            (WELCOME, "minutes: 5", "minuten: 5", 'unknown field "minuten"; did you mean "minutes"?'),
            (WELCOME, "credit: The", "credits: The", 'unknown field "credits"; did you mean "credit"?'),
            (FILM, "label: English", "labell: English", 'unknown field "labell"; did you mean "label"?'),
            (COURSE, "tagline: A", "zzz: A", 'unknown field "zzz"; the fields here are id, title, tagline'),
            (WEEK, "lead: The", "leed: The", 'unknown field "leed"; did you mean "lead"?'),
        ],
    )
    def test_an_unknown_field(self, files, path, old, new, words):
        files.change(path, old, new)

        problem = next(problem for problem in files.problems() if "unknown" in problem.message)

        assert (problem.path, problem.line) == files.place(path, new)
        assert words in problem.message

    @pytest.mark.parametrize(
        ("path", "line", "place", "words"),
        [
            (WELCOME, "title: Welcome\n", "---", '"title" is missing; add a line "title: …"'),
            (PRACTICE, "minutes: 10\n", "---", '"minutes" is missing'),
            (COURSE, "id: naloxone\n", "title", '"id" is missing'),
            (f"{TOPIC}/topic.yaml", "title: What it is\n", "id", '"title" is missing'),
            (WELCOME, "    file: media/van.svg\n", "- id: van", '"file" is missing in figures.0'),
            (WELCOME, "    year: 2014\n", "- id: who-2014", '"year" is missing in references.0'),
            (WELCOME, "    text: Where is it kept near you?\n", "- id: where", '"text" is missing in reflect.0'),
        ],
    )
    def test_a_missing_field(self, files, path, line, place, words):
        files.change(path, line, "")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(path, place)
        assert words in problem.message

    @pytest.mark.parametrize(
        ("path", "old", "new", "words"),
        [
            (
                WELCOME,
                "minutes: 5",
                "minutes: ten",
                "minutes must be a whole number and nothing else, without quotes, not 'ten'",
            ),
            (
                WELCOME,
                "minutes: 5",
                'minutes: "5"',
                "minutes must be a whole number and nothing else, without quotes, not '5'",
            ),
            (
                WELCOME,
                "title: Welcome",
                "title: 1984",
                "title must be text; if 1984 is meant as text, put it in quotes",
            ),
            (PRACTICE, "optional: true", "optional: yes", "optional must be true or false, not 'yes'"),
            (WELCOME, "reflect:", "reflect: why", "YAML"),
            (COURSE, "outcomes:\n  - Know what it is", "outcomes: Know", "outcomes must be a list"),
            (
                COURSE,
                "picture:\n  file: media/van.svg\n  alt: A van in the evening",
                "picture: van",
                "must have fields below it",
            ),
            (COURSE, "hours_per_week: 1.5", "hours_per_week: 1.25", "hours_per_week must have at most one digit"),
            (WELCOME, "lead: Where this goes.", "lead:", "lead is empty; write it, or leave the line out"),
            (COURSE, "language: en", "language: English", 'language "English" is no language code'),
            (COURSE, "language: en", "certificate_percent: 101", "it must be at most 100"),
            (COURSE, "language: en", "certificate_percent: 0", "it must be at least 1"),
            (WELCOME, "- id: where", "- id: Where Is", 'reflect.0.id "Where Is" must have only lower-case letters'),
        ],
    )
    def test_a_wrong_type(self, files, path, old, new, words):
        files.change(path, old, new)

        problem = files.problem()

        assert problem.path == f"naloxone-now/{path}"
        assert words == "YAML" or problem.line == files.line(path, new.split("\n")[0].split(" (")[0])
        assert words in problem.message

    def test_a_field_of_a_worksheet_with_the_id_of_a_question(self, files):
        files.change(
            WELCOME, "see_also:", "worksheet:\n  - id: where\n    title: Where\n    text: Where to?\nsee_also:"
        )

        problem = files.problem()

        assert 'worksheet: the id "where" is already that of a question under "reflect"' in problem.message

    @pytest.mark.parametrize(("minutes", "words"), [("0", "at least 1"), ("241", "at most 240")])
    def test_minutes_out_of_range(self, files, minutes, words):
        files.change(WELCOME, "minutes: 5", f"minutes: {minutes}")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "minutes")
        assert problem.message == f"minutes is {minutes}; it must be {words}"

    def test_an_unknown_kind(self, files):
        files.change(PRACTICE, "kind: activity", "kind: activty")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(PRACTICE, "kind")
        assert 'kind "activty" does not exist; it is one of article, video' in problem.message
        assert 'did you mean "activity"?' in problem.message

    def test_a_text_longer_than_the_database_holds(self, files):
        files.change(WELCOME, "title: Welcome", "title: " + "W" * 201)

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "title")
        assert problem.message == "title has 201 characters; at most 200 fit, shorten it"

    def test_a_question_without_text(self, files):
        files.change(WELCOME, "text: Where is it kept near you?", 'text: ""')

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "text:")
        assert problem.message.startswith("reflect.0.text is empty")

    @pytest.mark.parametrize("url", ["ftp://example.org/x", "javascript:alert(1)", "example.org", "/steps/x"])
    @pytest.mark.parametrize("field", ["https://example.org/medicines", "https://example.org/who"])
    def test_an_address_that_is_none_of_the_web(self, files, field, url):
        files.change(WELCOME, f"url: {field}", f"url: {url}")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, f"url: {url}")
        assert "must be a web address that begins with https:// or http://" in problem.message

    def test_a_text_over_several_lines_becomes_one(self, files):
        files.change(WELCOME, "lead: Where this goes.", "lead: |\n  Where this\n  goes.\n")

        assert files.checked().steps[0].document.lead == "Where this goes."


class TestPicturesInWords:
    def test_a_figure_without_alt(self, files):
        files.change(WELCOME, "    alt: A van in the evening\n", "")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "- id: van")
        assert '"alt" is missing in figures.0' in problem.message
        assert "describe the picture for someone who cannot see it" in problem.message

    def test_a_figure_whose_alt_is_empty(self, files):
        files.change(WELCOME, "alt: A van in the evening", "alt: ' '")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "alt:")
        assert problem.message == "figures.0.alt is empty; describe the picture for someone who cannot see it"

    def test_the_course_s_picture_without_alt(self, files):
        files.change(COURSE, "  alt: A van in the evening\n", "")

        assert '"alt" is missing in picture' in files.problem().message

    def test_a_picture_in_the_text_that_is_no_figure(self, files):
        files.change(WELCOME, "It works.[^who-2014]", "It works.[^who-2014] ![](media/van.svg)")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "It works.")
        assert 'the picture "media/van.svg" is none of the figures; describe it under "figures"' in problem.message

    def test_a_figure_in_the_middle_of_a_line(self, files):
        files.change(WELCOME, "![](figure:van)", "Look: ![](figure:van)")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "Look:")
        assert "must stand alone on its line" in problem.message


class TestWhatMustDiffer:
    def test_the_ids_of_steps(self, files):
        files.change(PRACTICE, "id: practice", "id: film")
        files.change(WELCOME, "step: practice", "step: film")
        files.change(WELCOME, "(step:practice)", "(step:film)")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(PRACTICE, "id:")
        assert f'the id "film" is already that of the step in naloxone-now/{FILM}, line 2' in problem.message

    def test_the_ids_of_topics_and_weeks(self, files):
        files.write("02-next-week/week.yaml", "id: first-week\ntitle: Again\n")
        files.write("02-next-week/01-again/topic.yaml", "id: what-it-is\ntitle: Again\n")
        files.step("02-next-week/01-again/01-x.md", "x")

        topic, week = files.problems()

        assert (topic.path, topic.line) == ("naloxone-now/02-next-week/01-again/topic.yaml", 1)
        assert f"naloxone-now/{TOPIC}/topic.yaml, line 1" in topic.message
        assert (week.path, week.line) == ("naloxone-now/02-next-week/week.yaml", 1)
        assert f"naloxone-now/{WEEK}, line 1" in week.message

    def test_the_addresses_of_steps_by_file_name(self, files):
        files.step(f"{OTHER_TOPIC}/02-welcome.md", "another")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(f"{OTHER_TOPIC}/02-welcome.md")
        assert f'the address "welcome" is already that of naloxone-now/{WELCOME}' in problem.message

    def test_the_addresses_of_steps_by_slug(self, files):
        files.add(PRACTICE, after="id:", line="slug: welcome")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(PRACTICE, "slug:")
        assert 'give it another "slug"' in problem.message

    @pytest.mark.parametrize(
        ("entry", "again", "name"),
        [
            ("    credit: The course team, CC BY 4.0", "  - {id: van, file: media/van.svg, alt: Again}", "figures"),
            ("    text: Where is it kept near you?", "  - {id: where, text: Again?}", "reflect"),
            ("    claim: It works.", "  - {id: who-2014, source: Again, year: 2020}", "references"),
        ],
    )
    def test_the_ids_of_a_step_s_parts(self, files, entry, again, name):
        files.change(WELCOME, entry, f"{entry}\n{again}")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, again.strip())
        assert f"{name}: the id" in problem.message
        assert "stands here a second time, first on line" in problem.message

    def test_the_languages_of_captions(self, files):
        files.add(FILM, after="file: media/film.en.vtt", line="    - {language: en, file: media/film.en.vtt}")

        assert 'the language "en" stands here a second time, first on line' in files.problem().message

    def test_the_numbers_of_steps_topics_and_weeks(self, files):
        files.step(f"{TOPIC}/01-another.md", "another")
        files.write("01-first-week/01-zzz/topic.yaml", "id: zzz\ntitle: Z\n")
        files.step("01-first-week/01-zzz/01-zzz.md", "zzz")
        files.write("1-zzz/week.yaml", "id: zzz\ntitle: Z\n")
        files.write("1-zzz/01-yyy/topic.yaml", "id: yyy\ntitle: Y\n")
        files.step("1-zzz/01-yyy/01-yyy.md", "yyy")

        problems = files.problems()

        assert [problem.path.removeprefix("naloxone-now/") for problem in problems] == [
            WELCOME,
            "01-first-week/01-zzz",
            "1-zzz",
        ]
        assert "has the same number as 01-another.md; give each its own" in problems[0].message

    def test_the_ids_of_courses(self, files, content):
        other = CourseFiles(content, "another")
        problems = checking.check_apart(read_course_documents([other.folder, files.folder]))

        assert [(problem.path, problem.line) for problem in problems] == [("naloxone-now/course.yaml", 1)]
        assert 'the id "naloxone" is already that of the course in another/course.yaml, line 1' in problems[0].message


class TestFilesThatAreNamed:
    @pytest.mark.parametrize(
        ("path", "old", "new"),
        [
            (WELCOME, "file: media/van.svg", "file: media/vann.svg"),
            (COURSE, "file: media/van.svg", "file: media/vann.svg"),
            (FILM, "film: media/film.mp4", "film: media/flm.mp4"),
            (FILM, "poster: media/poster.png", "poster: media/postr.png"),
            (FILM, "file: media/film.en.vtt", "file: media/film.fr.vtt"),
        ],
    )
    def test_a_file_that_is_not_there(self, files, path, old, new):
        files.change(path, old, new)

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(path, new)
        assert "there is no such file in the course folder; did you mean" in problem.message

    @pytest.mark.parametrize(
        "name", ["../../secret.svg", "media/../../secret.svg", "/etc/passwd", "C:/secret.svg", "..\\secret.svg"]
    )
    def test_a_name_that_leads_out_of_the_folder(self, files, name):
        (files.folder.parent / "secret.svg").write_text("<svg/>")
        files.change(WELCOME, "file: media/van.svg", f"file: {name}")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "file:")
        assert "leads out of the course folder" in problem.message

    def test_an_accent_that_a_mac_wrote_in_its_own_way_is_the_same_letter(self, files):
        files.write("media/cafe\u0301.svg", VAN)
        files.change(WELCOME, "file: media/van.svg", "file: media/caf\u00e9.svg")

        found = files.checked().steps[0].files["media/caf\u00e9.svg"]

        assert found.source.path.endswith("media/cafe\u0301.svg")

    def test_a_file_outside_media(self, files):
        files.change(WELCOME, "file: media/van.svg", "file: van.svg")

        assert "files lie in the course's media/ folder; write media/van.svg" in files.problem().message

    def test_a_script_that_is_not_there(self, files):
        files.change(FILM, "script: 02-film.script.md", "script: 02-flim.script.md")

        problems = [problem for problem in files.problems() if "no step uses" not in problem.message]

        assert [(problem.path, problem.line) for problem in problems] == [files.place(FILM, "script:")]
        assert 'did you mean "02-film.script.md"?' in problems[0].message

    def test_a_script_out_of_the_folder(self, files):
        files.write(f"{OTHER_TOPIC}/01-other.script.md", "Words.")
        files.change(FILM, "script: 02-film.script.md", "script: ../02-using-it/01-other.script.md")

        assert any('there is no "../02-using-it/01-other.script.md" beside' in p.message for p in files.problems())

    def test_a_script_that_no_step_uses(self, files):
        files.write(f"{TOPIC}/03-more.script.md", "Words.")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(f"{TOPIC}/03-more.script.md")
        assert problem.message == 'no step uses this script; name it in one as "script: 03-more.script.md"'

    @pytest.mark.parametrize(
        ("picture", "words"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg' width='4' height='3'><script/></svg>", "<script> element"),
            (b"not a picture", "not well-formed"),
        ],
    )
    def test_a_picture_that_is_not_taken(self, files, picture, words):
        files.write("media/other.svg", picture)
        files.change(WELCOME, "file: media/van.svg", "file: media/other.svg")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "file:")
        assert problem.message.startswith("media/other.svg: ")
        assert words in problem.message

    def test_a_picture_that_is_too_large(self, files, monkeypatch):
        monkeypatch.setattr("courses.content.checking_media.LARGEST_PICTURE", 10)
        files.write("media/van.svg", b"<svg/>")

        messages = [problem.message for problem in files.problems()]

        assert "media/poster.png: a picture may have at most 10 bytes; save it smaller" in messages

    def test_a_film_that_is_none(self, files):
        files.write("media/film.html", "<script>")
        files.change(FILM, "film: media/film.mp4", "film: media/film.html")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(FILM, "film:")
        assert "a film is a file that ends in .mp4 or .webm" in problem.message

    def test_captions_that_do_not_parse_are_shown_in_their_own_file(self, files):
        files.write("media/film.en.vtt", CAPTIONS.replace("00:00:03.500 -->", "00:00:03,500 -->"))

        problem = files.problem()

        assert (problem.path, problem.line) == files.place("media/film.en.vtt", "00:00:03,500")

    def test_captions_that_are_not_utf_8(self, files):
        files.write("media/film.en.vtt", CAPTIONS.encode().replace(b"Naloxone", b"Nalox\xf6ne"))

        problem = files.problem()

        assert (problem.path, problem.line) == ("naloxone-now/media/film.en.vtt", 7)
        assert "is not UTF-8" in problem.message

    def test_captions_that_are_another_file(self, files):
        files.change(FILM, "file: media/film.en.vtt", "file: media/poster.png")

        assert "captions are a WebVTT file, which ends in .vtt" in files.problem().message

    def test_everything_wrong_with_captions_is_told_in_one_pass(self, files):
        files.write(
            "media/film.en.vtt",
            CAPTIONS.replace("00:00:05.000\nNaloxone reverses", "00:01:05.000\nWithout a doubt, naloxone reverses"),
        )
        files.write("media/other.vtt", "WEBVTT\n\n00:02.000 --> 00:01.000\nx\n\nwords\n")
        files.change(FILM, "  captions:\n", "  chapters: media/other.vtt\n  captions:\n")

        problems = files.problems()

        assert [(p.path.rpartition("/")[2], p.line) for p in problems] == [
            ("film.en.vtt", files.place("media/film.en.vtt", "Without")[1]),
            ("other.vtt", 3),
            ("other.vtt", 6),
        ]
        assert "at most 42 fit" in problems[0].message

    def test_captions_that_are_too_fast(self, files):
        files.write(
            "media/film.en.vtt", CAPTIONS.replace("Welcome.", "Welcome.\nHurry up! Hurry up! Hurry up! Hurry up!")
        )

        problem = files.problem()

        assert problem.path == "naloxone-now/media/film.en.vtt"
        assert "at most 20 a second can be read" in problem.message

    def test_chapters_are_read_without_hurry(self, files):
        files.write(
            "media/chapters.vtt",
            "WEBVTT\n\n00:00.000 --> 00:00.500\nA chapter with quite a long name, but nobody hurries\n",
        )
        files.change(FILM, "  captions:\n", "  chapters: media/chapters.vtt\n  captions:\n")

        assert files.checked()

    @pytest.mark.parametrize(
        ("field", "name"),
        [
            ("film: media/film.mp4", "film: media/gone.mp4"),
            ("file: media/film.en.vtt", "file: media/gone.vtt"),
            ("poster: media/poster.png", "poster: media/gone.png"),
            ("captions:\n", "chapters: media/gone.vtt\n  captions:\n"),
            ("captions:\n", "audio: media/gone.m4a\n  captions:\n"),
        ],
    )
    def test_a_file_of_a_film_that_is_missing(self, files, field, name):
        files.change(FILM, field, name)

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(FILM, name.split("\n")[0])
        assert "there is no such file in the course folder" in problem.message

    def test_a_line_of_the_script_that_the_captions_leave_out(self, files):
        files.write(f"{TOPIC}/02-film.script.md", "## Opening\n\n**Nurse:** Welcome.\n\n**Nurse:** Come in,\nplease.\n")

        problem = files.problem()

        assert (problem.path, problem.line) == (f"naloxone-now/{TOPIC}/02-film.script.md", 5)
        assert 'not in naloxone-now/media/film.en.vtt, or not in this place: "Come in, please."' in problem.message

    def test_captions_in_another_language_need_not_say_what_the_script_says(self, files):
        files.change(FILM, "language: en", "language: fr")
        files.write(f"{TOPIC}/02-film.script.md", "## Opening\n\nSomething else.\n")

        assert files.checked()

    def test_the_size_and_the_cues_are_learned(self, files):
        welcome, film, _practice = files.checked().steps

        assert (welcome.files["media/van.svg"].width, welcome.files["media/van.svg"].height) == (40, 30)
        assert (film.files["media/poster.png"].width, film.files["media/poster.png"].height) == (4, 3)
        assert film.files["media/film.en.vtt"].cues == [[1.0, "Welcome."], [3.5, "Naloxone reverses an overdose."]]

    def test_a_video_on_a_step_that_is_none(self, files):
        files.change(FILM, "kind: video", "kind: article")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(FILM, "video:")
        assert '"video" belongs to steps with "kind: video"; this one is "article"' in problem.message


class TestWhatTheTextRefersTo:
    def test_a_link_to_a_step_that_does_not_exist(self, files):
        files.change(WELCOME, "(step:practice)", "(step:practise)")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "It works.")
        assert 'no step of this course has the id "practise"' in problem.message
        assert 'did you mean "practice"?' in problem.message

    def test_something_to_see_also_that_does_not_exist(self, files):
        files.change(WELCOME, "step: practice", "step: practise")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "step: practise")
        assert 'see_also: no step of this course has the id "practise"; did you mean "practice"?' in problem.message

    @pytest.mark.parametrize("new", ["    url: https://example.org/\n    step: practice\n", "", "    url:\n"])
    def test_something_to_see_also_with_both_addresses_or_none(self, files, new):
        files.change(WELCOME, "    step: practice\n", new)

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "- title: Practice")
        assert 'give either "url" (outside) or "step"' in problem.message

    def test_a_citation_of_nothing(self, files):
        files.change(WELCOME, "It works.[^who-2014]", "It works.[^who-2015]")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "It works.")
        assert '[^who-2015] has neither a reference with that id nor a note "[^who-2015]: …"' in problem.message
        assert 'did you mean "who-2014"?' in problem.message

    def test_a_note_that_stands_twice(self, files):
        files.change(WELCOME, "[^own]: In pairs.", "[^own]: In pairs.\n\n[^own]: Or alone.")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "[^own]: Or alone.")
        assert f"a second time, first on line {files.line(WELCOME, '[^own]: In pairs.')}" in problem.message

    def test_a_note_under_the_id_of_a_reference(self, files):
        files.change(WELCOME, "[^own]: In pairs.", "[^own]: In pairs.\n\n[^who-2014]: Mine.")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "[^who-2014]: Mine.")
        assert "is that of a reference; give the note another" in problem.message

    def test_a_figure_that_is_not_described(self, files):
        files.change(WELCOME, "![](figure:van)", "![](figure:van)\n\n![](figure:bus)")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "![](figure:bus)")
        assert 'there is no figure "bus" among the step\'s figures' in problem.message

    def test_a_figure_that_is_never_shown(self, files):
        files.change(WELCOME, "![](figure:van)\n", "")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(WELCOME, "- id: van")
        assert 'the figure "van" is never shown; put ![](figure:van) on a line of its own' in problem.message

    def test_a_link_to_a_step_that_cannot_be_read_is_no_problem_of_its_own(self, files):
        files.write(PRACTICE, "---\nid: practice\n")

        assert files.problem().path == f"naloxone-now/{PRACTICE}"

    def test_a_heading_of_the_first_level_is_fine(self, files):
        files.change(WELCOME, "It works.[^who-2014]", "# Heading\n\nIt works.[^who-2014]")

        assert files.problems() == []

    @pytest.mark.parametrize("body", ["> " * 60 + "deep", "word " * 60_000, "[" * 20_000])
    def test_a_text_that_is_too_long_or_too_complex(self, files, body):
        files.step(PRACTICE, "practice", body=f"\n\n{body}")

        problem = files.problem()

        assert (problem.path, problem.line) == (f"naloxone-now/{PRACTICE}", 9)
        assert problem.field == "body"

    def test_a_description_that_is_too_complex(self, files):
        files.change(COURSE, "  What it is.", "  " + "> " * 60 + "What it is.")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(COURSE, "description")
        assert problem.message.startswith("description: ")

    def test_an_answer_that_is_too_complex(self, files):
        files.change(COURSE, "answer: No.", "answer: '" + "> " * 60 + "No.'")

        problem = files.problem()

        assert (problem.path, problem.line) == files.place(COURSE, "answer")
        assert problem.message.startswith("faq.0.answer: ")


class TestTheOutline:
    def test_a_course_without_course_yaml(self, files):
        files.remove(COURSE)

        problem = files.problem()

        assert (problem.path, problem.line) == ("naloxone-now/course.yaml", 1)
        assert problem.message.startswith("is missing; it says what the course is called: write it, with")

    @pytest.mark.parametrize("path", [WEEK, f"{TOPIC}/topic.yaml"])
    def test_a_week_or_topic_without_its_file(self, files, path):
        files.remove(path)

        problem = files.problem()

        assert (problem.path, problem.line) == (f"naloxone-now/{path}", 1)
        assert "is missing" in problem.message

    def test_a_week_without_topics(self, files):
        files.write("02-next-week/week.yaml", "id: next-week\ntitle: Next week\n")

        problem = files.problem()

        assert (problem.path, problem.line) == ("naloxone-now/02-next-week/week.yaml", 1)
        assert "the week has no topics; add a folder named like 01-first-topic" in problem.message

    def test_a_topic_without_steps(self, files):
        files.write("01-first-week/03-empty/topic.yaml", "id: empty\ntitle: Empty\n")

        problem = files.problem()

        assert (problem.path, problem.line) == ("naloxone-now/01-first-week/03-empty/topic.yaml", 1)
        assert "the topic has no steps; add a file named like 01-first-step.md" in problem.message

    def test_a_course_without_weeks(self, content):
        (content / "empty").mkdir()
        (content / "empty/course.yaml").write_text("id: empty\ntitle: Empty\n")

        _course, problems = checking.check_course(read_course(content / "empty"))

        assert [str(problem) for problem in problems] == [
            "empty/course.yaml:1: the course has no weeks; add a folder named like 01-first-week"
        ]

    def test_a_folder_whose_name_cannot_be_an_address(self, content):
        problem = CourseFiles(content, "Naloxone_Now").problem()

        assert (problem.path, problem.line) == ("Naloxone_Now/course.yaml", 1)
        assert "the folder's name is the course's address" in problem.message

    def test_a_file_name_too_long_for_an_address(self, files):
        files.step(f"{TOPIC}/03-{'x' * 81}.md", "long")

        problem = files.problem()

        assert problem.path.endswith("xxx.md")
        assert 'longer than 80 characters; shorten it, or add a "slug"' in problem.message


def test_everything_is_reported_in_one_pass_in_order_of_place(files):
    files.change(COURSE, "title: Naloxone", "titel: Naloxone")
    files.change(WELCOME, "minutes: 5", "minutes: 0")
    files.change(WELCOME, "media/van.svg", "media/bus.svg")
    files.change(WELCOME, "It works.[^who-2014]", "It works.[^who]")
    files.write("media/film.en.vtt", "no captions")
    files.write("notes.txt", "")

    problems = files.problems()

    assert [(problem.path.removeprefix("naloxone-now/"), problem.line) for problem in problems] == [
        (WELCOME, 6),
        (WELCOME, 10),
        (WELCOME, 31),
        (COURSE, 1),
        (COURSE, 2),
        ("media/film.en.vtt", 1),
        ("notes.txt", 1),
    ]


class TestOneStepFromAForm:
    """The admin checks a step with fields from a form, and shows a problem beside its field."""

    def check(self, body="", **fields):
        data = {"id": "form", "kind": "article", "title": "From a form", "minutes": 5, **fields}
        source = StepSource(Document("", data), "form", 1, body, 1)
        return checking.check_step(source, step_ids=["form", "practice"])

    def test_a_good_one(self):
        step, problems = self.check("See [this](step:practice).", figures=[])

        assert problems == []
        assert step.document.title == "From a form"

    def test_problems_name_their_field(self):
        step, problems = self.check(
            "\nSee [this](step:gone).",
            minutes=0,
            figures=[{"id": "van", "file": "van.svg", "alt": ""}],
        )

        assert step is None
        assert {problem.field for problem in problems} == {"minutes", "figures.0.alt", "figures.0.id", "body"}
        assert next(problem.line for problem in problems if problem.field == "body") == 2

    def test_names_of_files_are_taken_as_they_are(self):
        _step, problems = self.check(
            "![](figure:van)", figures=[{"id": "van", "file": "courses/figures/van.svg", "alt": "A van"}]
        )

        assert problems == []


@pytest.mark.parametrize(
    ("shape", "model", "names"),
    [
        (schema.CourseDocument, Course, {"id": "uid"}),
        (schema.WeekDocument, Week, {"id": "uid"}),
        (schema.TopicDocument, Topic, {"id": "uid"}),
        (schema.StepDocument, Step, {"id": "uid"}),
        (schema.FigureDocument, Figure, {"id": "uid"}),
        (schema.CaptionDocument, Caption, {}),
        (schema.QuestionDocument, ReflectionQuestion, {"id": "uid"}),
        (schema.QuizQuestionDocument, QuizQuestion, {"id": "uid"}),
        (schema.ResourceDocument, Resource, {"step": "to_step"}),
        (schema.ReferenceDocument, Reference, {"id": "uid"}),
    ],
)
def test_no_text_may_be_longer_than_its_database_field(shape, model, names):
    properties = shape.model_json_schema()["properties"]
    compared = 0
    for name, rules in properties.items():
        name = names.get(name, name)
        field = next((field for field in model._meta.get_fields() if field.name == name), None)
        if field is None or not getattr(field, "max_length", None) or name in ("file", "kind", "picture"):
            continue
        longest = [rule["maxLength"] for rule in [rules, *rules.get("anyOf", [])] if "maxLength" in rule]
        assert longest == [field.max_length], name
        compared += 1
    assert compared


def test_the_kinds_are_those_of_the_database():
    assert set(schema.StepDocument.model_json_schema()["properties"]["kind"]["enum"]) == set(Step.Kind.values)
    asked = schema.QuizQuestionDocument.model_json_schema()["properties"]["kind"]["enum"]
    assert set(asked) == set(QuizQuestion.Kind.values)


def test_a_picture_is_looked_at_once_however_many_steps_show_it(files, monkeypatch):
    looked = []
    monkeypatch.setattr("courses.content.pictures.picture_size", lambda name, data: looked.append(name) or (1, 1))
    files.write("media/poster.png", png())

    files.checked()

    assert sorted(looked) == ["naloxone-now/media/poster.png", "naloxone-now/media/van.svg"]


def test_the_course_in_the_author_s_manual_is_a_good_one(content, settings):
    manual = (settings.BASE_DIR / "content/README.md").read_text()
    examples = re.findall(r"^`([^`\n]+)`\n\n````\w*\n(.*?)^````$", manual, re.MULTILINE | re.DOTALL)
    folder = content / "naloxone"
    for path, text in [
        *examples,
        ("media/van.svg", VAN),
        ("media/the-film.png", png()),
        ("media/the-film.mp4", "film"),
        ("media/the-film.m4a", "sound"),
    ]:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    source = read_course(folder)
    course, problems = checking.check_course(source)

    assert problems == []
    assert (
        language_warnings(source) + length_warnings(source) + naming_warnings(source) + misread_warnings(source) == []
    )
    assert len(examples) == 9
    assert {question.kind for question in course.steps[2].document.quiz} == {"one", "several", "order", "match"}
    assert course.steps[0].document.figures
    assert course.steps[0].document.charts
    assert [term.id for term in course.glossary] == ["naloxone", "opioid-agonist-therapy"]
    assert course.steps[1].files["media/the-film.en.vtt"].cues[1] == [5.0, "First we call for help."]
