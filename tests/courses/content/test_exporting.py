"""Files to database and back: nothing is lost, nothing is overwritten, and what is in the canonical form comes back to the byte."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.content import checking, files, loading
from courses.content.errors import ContentErrors
from courses.content.export_folder import write, write_into
from courses.content.exporting import export
from courses.models import Course, Step, Topic, Week
from tests.courses.content.course_files import FILM, PRACTICE, VAN, WELCOME, CourseFiles

pytestmark = pytest.mark.django_db
BUILT_IN = Path(django_settings.BASE_DIR) / "content" / "drug-use-and-harm-reduction"


def load(folder: Path) -> loading.Plan:
    course, problems = checking.check_course(files.read_course(folder))
    assert course, "\n".join(map(str, problems))
    return loading.apply(course)


def plan(folder: Path) -> loading.Plan:
    course, problems = checking.check_course(files.read_course(folder))
    assert course, "\n".join(map(str, problems))
    return loading.plan(course)


def texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.suffix in (".md", ".yaml") and path.name != "README.md"
    }


def media(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in (folder / "media").rglob("*")
        if path.is_file()
    }


@pytest.fixture
def course_files(tmp_path) -> CourseFiles:
    return CourseFiles(tmp_path)


def test_loading_what_was_exported_changes_nothing(course_files, tmp_path):
    course_files.load()
    done = write(export(Course.objects.get()), tmp_path / "out" / "naloxone-now")
    assert done.written
    assert not plan(done.folder).changes_anything
    assert media(done.folder) == media(course_files.folder)


def test_what_is_in_the_canonical_form_comes_back_to_the_byte(course_files, tmp_path):
    course_files.load()
    first = write(export(Course.objects.get()), tmp_path / "first" / "naloxone-now").folder
    Course.objects.all().delete()
    load(first)
    second = write(export(Course.objects.get()), tmp_path / "second" / "naloxone-now").folder
    assert texts(first) == texts(second) and media(first) == media(second)


def test_every_field_of_a_course_survives(course_files, tmp_path):
    """The tiny course has everything a course can have; said in the files or not, it is the same in the database afterwards."""
    course_files.change(FILM, "minutes: 3", "minutes: 3\nquotes_stigma: true\ndraft: true")
    sheet = "worksheet:\n  - id: goal\n    title: Goal\n    text: What changes?\n"
    course_files.change(WELCOME, "reflect:\n", f"{sheet}reflect:\n")
    course_files.change(
        "course.yaml", "language: en\n", "language: en\ncertificate_percent: 75\norganisation: The harbour\n"
    )
    before = course_files.load()
    Course.objects.all().delete()
    exported = tmp_path / "out" / "naloxone-now"
    course_files.load()
    write(export(Course.objects.get()), exported)
    Course.objects.all().delete()
    after = load(exported)
    assert [(row.uid, row.wanted) for row in after.rows] == [(row.uid, row.wanted) for row in before.rows]


def test_the_built_in_course_is_in_the_canonical_form_and_comes_back_to_the_byte(tmp_path):
    load(BUILT_IN)
    done = write(export(Course.objects.get()), tmp_path / BUILT_IN.name)
    assert texts(done.folder) == texts(BUILT_IN)
    assert media(done.folder).items() <= media(BUILT_IN).items()


AWKWARD = (
    st.text(st.sampled_from("ab yé'\"#:&*!|>%@-?,{}.=~0налó日"), min_size=1, max_size=24).map(str.strip).filter(bool)
)
LINE = st.one_of(
    AWKWARD,
    st.sampled_from(["yes", "no", "null", "12:30", "1e3", "0x1F", "- a", "# b", "a: b", "'", '"', "~", "2024-01-02"]),
)
BLOCK = (
    st.lists(st.one_of(LINE, st.just(""), st.just("  indented")), min_size=1, max_size=4)
    .map("\n".join)
    .map(str.strip)
    .filter(bool)
)
PROSE = st.lists(st.text(st.sampled_from("abc déж.,:;'\"-"), min_size=1, max_size=30), max_size=3).map("\n\n".join)


@st.composite
def steps(draw: Any) -> list[dict[str, Any]]:
    made = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        step: dict[str, Any] = {
            "id": f"step-{number}",
            "kind": draw(st.sampled_from(["article", "discussion", "activity", "case-study", "summary"])),
            "title": draw(LINE),
            "minutes": draw(st.integers(1, 240)),
            "lead": draw(st.one_of(st.just(""), LINE)),
            "optional": draw(st.booleans()),
            "draft": draw(st.booleans()),
            "quotes_stigma": draw(st.booleans()),
            "reflect": [{"id": f"q-{i}", "text": draw(LINE)} for i in range(draw(st.integers(0, 2)))],
            "see_also": [
                {
                    "title": draw(LINE),
                    "url": "https://example.org/a?b=c&d=%20#e",
                    "note": draw(st.one_of(st.just(""), LINE)),
                }
                for _ in range(draw(st.integers(0, 2)))
            ],
            "references": [
                {"id": f"r-{i}", "source": draw(LINE), "year": draw(st.integers(1500, 2200)), "claim": draw(LINE)}
                for i in range(draw(st.integers(0, 2)))
            ],
        }
        made.append(step | {"body": draw(PROSE).strip()})
    return made


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    steps=steps(),
    title=LINE,
    description=BLOCK,
    answer=BLOCK,
    outcomes=st.lists(LINE, max_size=3),
    hours=st.sampled_from([0, 1, 2.5, 3]),
)
def test_any_course_comes_back_to_the_byte(tmp_path_factory, steps, title, description, answer, outcomes, hours):
    Course.objects.all().delete()
    place = tmp_path_factory.mktemp("course")
    written = place / "written" / "any-course"
    topic = written / "01-week" / "03-topic"
    topic.mkdir(parents=True)
    about = {"id": "any", "title": title, "description": description, "outcomes": outcomes, "hours_per_week": hours}
    # JSON is YAML too.
    (written / "course.yaml").write_text(json.dumps(about | {"faq": [{"question": title, "answer": answer}]}))
    (written / "01-week" / "week.yaml").write_text(json.dumps({"id": "week", "title": title}))
    (topic / "topic.yaml").write_text(json.dumps({"id": "topic", "title": title}))
    for number, step in enumerate(steps, 2):
        fields = {name: value for name, value in step.items() if name != "body"}
        (topic / f"{number:02}-{step['id']}.md").write_text(f"---\n{json.dumps(fields)}\n---\n\n{step['body']}\n\n")
    load(written)
    first = write(export(Course.objects.get()), place / "first" / "any-course").folder
    assert not plan(first).changes_anything
    Course.objects.all().delete()
    load(first)
    second = write(export(Course.objects.get()), place / "second" / "any-course").folder
    assert texts(first) == texts(second)


def edit(uid: str, **fields: Any) -> None:
    """As an educator does in the admin."""
    Step.objects.filter(uid=uid).update(**fields)


def test_an_edit_in_the_admin_comes_into_the_files(course_files, tmp_path):
    course_files.load()
    edit("welcome", title="Welcome, all of you", lead="A: b # c")
    done = write_into(tmp_path, Course.objects.get())
    assert WELCOME in done.written
    assert "title: Welcome, all of you\n" in course_files.read(WELCOME)
    assert 'lead: "A: b # c"\n' in course_files.read(WELCOME)
    again = write_into(tmp_path, Course.objects.get())
    assert not again.written and not again.removed
    assert not course_files.plan().changes_anything


def test_what_moved_or_went_in_the_admin_moves_and_goes_in_the_files(course_files, tmp_path):
    (course_files.folder / "README.md").write_text("Notes for people.")
    (course_files.folder / "media" / "unused.svg").write_text("<svg/>")
    course_files.load()
    edit("welcome", slug="hello", position=7)
    edit("film", retired_at="2026-01-01T00:00:00Z")
    done = write_into(tmp_path, Course.objects.get())
    assert WELCOME in done.removed and FILM in done.removed and FILM.replace(".md", ".script.md") in done.removed
    assert (course_files.folder / "01-first-week/01-what-it-is/07-hello.md").is_file()
    assert (course_files.folder / "README.md").is_file() and (course_files.folder / "media" / "unused.svg").is_file()
    assert not course_files.plan().changes_anything


def test_edits_in_the_files_that_were_not_loaded_are_never_overwritten(course_files, tmp_path):
    course_files.load()
    edit("welcome", title="From the admin")
    course_files.change(FILM, "title: The film", "title: From the files")
    before = texts(course_files.folder)
    out = StringIO()
    with pytest.raises(CommandError, match="Not written: naloxone-now"), django_settings_content(tmp_path):
        call_command("export_course", stdout=out, stderr=out)
    assert "edited since they were last loaded" in out.getvalue()
    assert texts(course_files.folder) == before
    course_files.load()  # brings the file's edit in, leaves the admin's
    write_into(tmp_path, Course.objects.get())
    assert "title: From the admin\n" in course_files.read(WELCOME) and "title: From the files\n" in course_files.read(
        FILM
    )


def test_a_picture_that_was_changed_and_not_loaded_is_never_overwritten(course_files, tmp_path):
    course_files.load()
    write_into(tmp_path, Course.objects.get())
    drawn_anew = VAN.replace(b'height="30"/>', b'height="25"/>')
    course_files.write("media/van.svg", drawn_anew)
    with pytest.raises(ContentErrors, match="edited since they were last loaded"):
        write_into(tmp_path, Course.objects.get())
    assert media(course_files.folder)["media/van.svg"] == drawn_anew
    course_files.load()
    assert not write_into(tmp_path, Course.objects.get()).written


@pytest.mark.parametrize(
    ("course_yaml", "reason"),
    [
        ("id: naloxone\ntitle: Naloxone: what it does\n", "cannot be told whose"),
        ("id: somebody-else\ntitle: Naloxone\n", "cannot be told whose"),
    ],
)
def test_a_folder_that_may_be_somebody_else_s_is_not_written_over(course_files, tmp_path, course_yaml, reason):
    course_files.load()
    course_files.write("course.yaml", course_yaml)
    course_files.change(WELCOME, "title: Welcome", "title: From the files")
    before = texts(course_files.folder)
    with pytest.raises(ContentErrors, match=reason):
        write_into(tmp_path, Course.objects.get())
    assert texts(course_files.folder) == before
    write_into(tmp_path, Course.objects.get(), overwrite=True)
    assert "title: Welcome\n" in course_files.read(WELCOME)


def test_a_course_without_steps_leaves_its_files_as_they_are(course_files, tmp_path):
    course_files.load()
    before = texts(course_files.folder)
    Step.objects.update(retired_at="2026-01-01T00:00:00Z")
    with pytest.raises(ContentErrors, match="has no steps"):
        write_into(tmp_path, Course.objects.get())
    assert texts(course_files.folder) == before


def test_hidden_folders_are_left_alone(course_files, tmp_path):
    course_files.load()
    write_into(tmp_path, Course.objects.get())
    (course_files.folder / ".git" / "refs" / "tags").mkdir(parents=True)
    (course_files.folder / "01-first-week" / "09-empty").mkdir()
    write_into(tmp_path, Course.objects.get())
    assert (course_files.folder / ".git" / "refs" / "tags").is_dir()
    assert not (course_files.folder / "01-first-week" / "09-empty").exists()


def test_writing_to_the_content_folder_by_name_loses_nothing_either(course_files, tmp_path):
    course_files.load()
    course_files.change(WELCOME, "title: Welcome", "title: From the files")
    out = StringIO()
    with pytest.raises(CommandError), django_settings_content(tmp_path):
        call_command("export_course", "--to", str(tmp_path), stdout=out, stderr=out)
    assert "edited since they were last loaded" in out.getvalue()
    assert "title: From the files\n" in course_files.read(WELCOME)


@pytest.mark.parametrize("place", ["topic", "week"])
def test_a_step_in_the_course_takes_its_topic_and_week_along(course_files, tmp_path, place):
    course_files.load()
    step = Step.objects.get(uid="practice")
    rows = Topic.objects.filter(pk=step.topic_id) if place == "topic" else Week.objects.all()
    rows.update(retired_at="2026-01-01T00:00:00Z")
    write_into(tmp_path, Course.objects.get())
    assert PRACTICE in texts(course_files.folder)
    assert rows.get().retired_at is None and Step.objects.get(uid="practice").retired_at is None


def test_a_conflict_stops_the_export_until_somebody_chooses(course_files, tmp_path):
    course_files.load()
    edit("welcome", title="From the admin")
    course_files.change(WELCOME, "title: Welcome", "title: From the files")
    course_files.load()
    out = StringIO()
    with django_settings_content(tmp_path):
        with pytest.raises(CommandError):
            call_command("export_course", stdout=out, stderr=out)
        assert "choose with load_course --ours or --theirs" in out.getvalue() and WELCOME in out.getvalue()
        call_command("load_course", "--ours", "welcome", stdout=out)
        call_command("export_course", stdout=out)
    assert "title: From the admin\n" in course_files.read(WELCOME)


@pytest.mark.parametrize(("flag", "title"), [("--ours", "From the admin"), ("--theirs", "From the files")])
@pytest.mark.parametrize("uids", [[], ["welcome"]])
def test_a_conflict_is_settled_by_choosing_a_side(course_files, tmp_path, flag, title, uids):
    course_files.load()
    edit("welcome", title="From the admin")
    course_files.change(WELCOME, "title: Welcome", "title: From the files")
    with django_settings_content(tmp_path):
        out = StringIO()
        call_command("load_course", "--dry-run", flag, *uids, stdout=out)
        assert Step.objects.get(uid="welcome").title == "From the admin"  # only a plan
        call_command("load_course", flag, *uids, stdout=out)
    assert Step.objects.get(uid="welcome").title == title
    assert not course_files.plan().conflicts


def test_choosing_for_another_step_settles_nothing(course_files, tmp_path):
    course_files.load()
    edit("welcome", title="From the admin")
    course_files.change(WELCOME, "title: Welcome", "title: From the files")
    with django_settings_content(tmp_path):
        call_command("load_course", "--theirs", "film", stdout=StringIO())
    assert Step.objects.get(uid="welcome").title == "From the admin" and course_files.plan().conflicts


@pytest.mark.parametrize("flags", [["--ours", "welcome", "--theirs", "welcome"], ["--ours", "--theirs"]])
def test_contradicting_choices_are_refused(course_files, tmp_path, flags):
    with django_settings_content(tmp_path), pytest.raises(CommandError):
        call_command("load_course", *flags, stdout=StringIO())


def test_a_changed_address_of_the_course_renames_its_folder(course_files, tmp_path):
    course_files.load()
    Course.objects.update(slug="naloxone-today")
    done = write_into(tmp_path, Course.objects.get())
    assert done.folder.name == "naloxone-today" and not course_files.folder.exists()
    assert not plan(done.folder).changes_anything


def test_weeks_and_topics_without_steps_have_no_folder(course_files, tmp_path):
    course_files.load()
    course = Course.objects.get()
    empty = Week.objects.create(course=course, uid="empty", title="Empty", position=9)
    Topic.objects.create(course=course, week=empty, uid="bare", title="Bare", position=1)
    assert not [path for path in export(course).texts if "empty" in path]


def test_an_unknown_course_is_named_with_those_that_are_there(course_files):
    course_files.load()
    with pytest.raises(CommandError, match="no course elsewhere; there are: naloxone-now"):
        call_command("export_course", "elsewhere")


def django_settings_content(folder: Path) -> Any:
    from django.test import override_settings

    return override_settings(CONTENT_DIR=folder)
