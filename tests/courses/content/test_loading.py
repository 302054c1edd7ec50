"""Loading: what becomes of each row when files change, when the admin changes, and when both do."""

import datetime
import shutil

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError

from courses import arranging
from courses.content import loading, writing
from courses.content.errors import ContentErrors
from courses.content.merging import merge
from courses.models import Completion, Course, OldSlug, ReflectionQuestion, Step, Topic, Week
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

pytestmark = pytest.mark.django_db

COURSE = "course.yaml"


def everything(tmp_path) -> str:
    """The database as text: to tell whether anything at all changed."""
    dump = tmp_path / "dump.json"
    call_command("dumpdata", "courses", output=str(dump), verbosity=0)
    return dump.read_text()


def the_step(uid: str) -> Step:
    return Step.objects.get(uid=uid)


def edited_in_the_admin(uid: str, **fields) -> Step:
    Step.objects.filter(uid=uid).update(**fields)
    return the_step(uid)


def uids(rows) -> list[str]:
    return [row.uid for row in rows]


class TestTheFirstLoad:
    def test_everything_is_added(self, files):
        plan = files.load()

        assert uids(plan.added) == [
            *("naloxone", "first-week", "what-it-is", "using-it"),
            *("welcome", "film", "practice"),
        ]
        assert [*plan.changed, *plan.moved, *plan.renamed, *plan.retired, *plan.restored, *plan.conflicts] == []

    def test_the_course_has_what_its_file_says(self, files):
        files.load()

        course = Course.objects.get()
        assert (course.uid, course.slug, course.title) == ("naloxone", "naloxone-now", "Naloxone")
        assert str(course.hours_per_week) == "1.5"
        assert course.audience == [{"title": "Neighbours", "text": "Anyone at all."}]
        assert course.contributors == [{"name": "The course team", "role": "Writing"}]
        assert course.faq[0]["answer"] == "No."
        assert "<p>No.</p>" in course.faq[0]["html"]
        assert "<p>How it is used.</p>" in course.description_html
        assert (course.picture_alt, course.picture_width, course.picture_height) == ("A van in the evening", 40, 30)
        assert course.published
        assert (course.certificate_percent, course.organisation) == (90, "")
        assert course.version == 1

    def test_fields_of_a_worksheet_are_questions_of_their_own_kind(self, files):
        sheet = "worksheet:\n  - id: goal\n    title: Goal\n    text: What changes?\n"
        files.change(WELCOME, "see_also:", f"{sheet}see_also:")
        files.load()

        step = the_step("welcome")
        assert [(q.uid, q.kind, str(q)) for q in step.questions.order_by("position")] == [
            ("where", "reflection", "Where is it kept near you?"),
            ("goal", "worksheet", "Goal: What changes?"),
        ]
        assert step.page["worksheet"] == [{"uid": "goal", "title": "Goal", "text": "What changes?"}]
        files.change(WELCOME, sheet, "")
        files.load()
        assert the_step("welcome").page["worksheet"] == []
        assert ReflectionQuestion.objects.get(uid="goal").retired_at

    def test_a_step_has_what_its_file_says(self, files):
        files.load()

        step = the_step("welcome")
        assert (step.slug, step.kind, step.minutes, step.position) == ("welcome", "article", 5, 1)
        assert (step.topic.uid, step.topic.week.uid) == ("what-it-is", "first-week")
        assert step.content_note == "This step mentions overdose."
        figure = step.figures.get()
        assert (figure.uid, figure.alt, figure.width, figure.height) == ("van", "A van in the evening", 40, 30)
        assert [(q.uid, q.text) for q in step.questions.all()] == [("where", "Where is it kept near you?")]
        assert [(r.title, r.url, r.to_step) for r in step.resources.all()] == [
            ("The list of medicines", "https://example.org/medicines", ""),
            ("Practice", "", "practice"),
        ]
        assert [(r.uid, r.year, r.claim) for r in step.references.all()] == [("who-2014", 2014, "It works.")]
        assert '<a href="/courses/naloxone-now/steps/practice/"' in step.body_html
        assert figure.file.url in step.body_html

    def test_a_film_has_its_script_and_captions(self, files):
        files.load()

        step = the_step("film")
        caption = step.captions.get()
        assert "**Nurse:** Welcome." in step.script
        assert (caption.language, caption.label) == ("en", "English")
        assert caption.cues == [[1.0, "Welcome."], [3.5, "Naloxone reverses an overdose."]]
        assert default_storage.open(caption.file.name).read().decode() == CAPTIONS
        assert step.film.name.endswith(".mp4")
        assert step.poster.name.endswith(".png")

    def test_the_outline_is_ready(self, files):
        files.load()

        outline = Course.objects.get().outline
        assert (outline["steps"], outline["topics"], outline["minutes"]) == (3, 2, 18)
        assert outline["weeks"][0]["topics"][0]["steps"][1]["ref"] == "1.2"

    def test_a_draft_course_is_not_published(self, files):
        files.add(COURSE, after="title:", line="draft: true")
        files.load()

        assert not Course.objects.get().published

    def test_a_draft_step_is_not_shown_to_learners(self, files):
        files.add(PRACTICE, after="title:", line="draft: true")
        files.load()

        assert uids(Step.objects.live().in_order()) == ["welcome", "film"]

    def test_an_optional_step_is_optional(self, files):
        files.load()

        assert the_step("practice").optional

    def test_a_step_may_give_its_own_address(self, files):
        files.add(PRACTICE, after="title:", line="slug: try-it")
        files.load()

        assert the_step("practice").slug == "try-it"

    def test_several_courses_have_the_same_ids_inside(self, files, content):
        another = CourseFiles(content, "another")
        another.change(COURSE, "id: naloxone", "id: another")

        files.load()
        another.load()

        assert Step.objects.filter(uid="welcome").count() == 2


class TestTheSameFilesAgain:
    def test_nothing_is_written(self, files, tmp_path):
        files.load()
        before = everything(tmp_path)

        plan = files.load()

        assert everything(tmp_path) == before
        assert list(plan.lines()) == ["nothing to do"]
        assert len(plan.rows) == 7

    def test_a_course_saved_by_a_form_that_changed_nothing_is_unchanged(self, files, tmp_path):
        """Browsers send other line ends, and a rendered answer stands beside its source."""
        files.load()
        course = Course.objects.get()
        course.description = course.description.replace("\n", "\r\n") + "\r\n"
        course.save()

        assert not files.plan().changes_anything

    def test_a_plan_writes_nothing(self, files, tmp_path):
        before = everything(tmp_path)

        plan = files.plan()

        assert plan.changes_anything
        assert everything(tmp_path) == before

    def test_a_plan_of_changes_writes_nothing(self, files, tmp_path):
        files.load()
        before = everything(tmp_path)
        files.change(WELCOME, "title: Welcome", "title: Hello")
        files.step(f"{OTHER_TOPIC}/02-other.md", "other")
        files.remove(PRACTICE)
        files.change(WELCOME, "(step:practice)", "(step:film)")
        files.change(WELCOME, "step: practice", "step: film")

        plan = files.plan()

        assert (uids(plan.renamed), uids(plan.retired)) == (["welcome"], ["practice"])
        assert everything(tmp_path) == before


class TestChanges:
    def test_a_changed_text_is_taken_and_named(self, files):
        files.load()
        files.change(WELCOME, "minutes: 5", "minutes: 6")
        files.change(WELCOME, "So we", "So now we")

        plan = files.load()

        assert [(row.uid, row.changed) for row in plan.changed] == [("welcome", ["minutes", "body"])]
        assert "changed    step welcome: minutes, body" in plan.lines()
        step = the_step("welcome")
        assert step.minutes == 6
        assert "So now we" in step.body_html
        assert Course.objects.get().version == 2

    def test_only_the_changed_step_is_rendered(self, files):
        files.load()
        Step.objects.update(body_html="as it was")
        files.change(WELCOME, "So we", "So now we")
        files.load()

        assert the_step("welcome").body_html != "as it was"
        assert the_step("film").body_html == "as it was"

    def test_when_a_title_or_address_changes_all_are_rendered_because_others_show_it(self, files):
        files.load()
        files.move(PRACTICE, f"{OTHER_TOPIC}/01-try-it.md")
        files.change(f"{OTHER_TOPIC}/01-try-it.md", "title: Practice", "title: Try it")

        plan = files.load()

        assert "renamed    step practice: title Practice → Try it, slug practice → try-it" in plan.lines()
        assert "/courses/naloxone-now/steps/try-it/" in the_step("welcome").body_html

    def test_when_the_folder_is_renamed_the_course_is_the_same(self, files):
        files.load()
        files.folder = files.folder.rename(files.folder.with_name("naloxone-today"))

        plan = files.load()

        assert "renamed    course naloxone: slug naloxone-now → naloxone-today" in plan.lines()
        assert Course.objects.get().slug == "naloxone-today"
        assert "/courses/naloxone-today/steps/practice/" in the_step("welcome").body_html

    def test_a_step_that_moves_to_another_topic_stays_the_same_step(self, files, learner):
        files.load()
        before = the_step("welcome")
        Completion.objects.create(learner=learner, step=before, fingerprint=before.fingerprint)
        files.move(WELCOME, f"{OTHER_TOPIC}/02-welcome.md")

        plan = files.load()

        assert "moved      step welcome: topic what-it-is → using-it, position 1 → 2" in plan.lines()
        assert not plan.changed
        after = the_step("welcome")
        assert (after.pk, after.topic.uid, after.fingerprint) == (before.pk, "using-it", before.fingerprint)
        assert Completion.objects.get().step == after

    def test_a_topic_can_move_to_a_new_week(self, files):
        files.load()
        files.write("02-next-week/week.yaml", "id: next-week\ntitle: Next week\n")
        files.move(OTHER_TOPIC, "02-next-week/01-using-it")

        plan = files.load()

        assert "moved      topic using-it: week first-week → next-week, position 2 → 1" in plan.lines()
        assert Course.objects.get().outline["weeks"][1]["topics"][0]["uid"] == "using-it"

    def test_steps_can_swap_places_and_addresses(self, files):
        files.load()
        files.add(WELCOME, after="title:", line="slug: film")
        files.add(FILM, after="title:", line="slug: welcome")

        files.load()

        assert {step.uid: step.slug for step in Step.objects.all()} == {
            "welcome": "film",
            "film": "welcome",
            "practice": "practice",
        }
        assert not OldSlug.objects.exists()

    def test_a_course_without_its_picture_any_more(self, files):
        files.load()
        files.change(COURSE, "picture:\n  file: media/van.svg\n  alt: A van in the evening\n", "")

        plan = files.load()

        assert plan.changed[0].changed == ["picture", "picture_alt"]
        assert not Course.objects.get().picture

    def test_published_follows_the_files(self, files):
        files.load()
        files.add(WELCOME, after="title:", line="draft: true")

        plan = files.load()

        assert plan.changed[0].changed == ["published"]
        assert uids(Step.objects.live().in_order()) == ["film", "practice"]
        assert Course.objects.get().outline["steps"] == 2


class TestOldAddresses:
    def test_lead_to_the_step_for_ever(self, files):
        files.load()
        files.move(PRACTICE, f"{OTHER_TOPIC}/01-try.md")
        files.load()
        files.move(f"{OTHER_TOPIC}/01-try.md", f"{OTHER_TOPIC}/01-train.md")
        files.load()

        assert sorted((old.slug, old.step.uid) for old in OldSlug.objects.all()) == [
            ("practice", "practice"),
            ("try", "practice"),
        ]

    def test_unless_the_step_takes_them_back(self, files):
        files.load()
        files.move(PRACTICE, f"{OTHER_TOPIC}/01-try.md")
        files.load()
        files.move(f"{OTHER_TOPIC}/01-try.md", PRACTICE)
        files.load()

        assert [old.slug for old in OldSlug.objects.all()] == ["try"]

    def test_or_another_step_takes_them(self, files):
        files.load()
        files.move(PRACTICE, f"{OTHER_TOPIC}/01-try.md")
        files.load()
        files.step(f"{OTHER_TOPIC}/02-practice.md", "second")
        files.load()

        assert not OldSlug.objects.exists()
        assert Step.objects.get(slug="practice").uid == "second"


class TestRetiring:
    @pytest.fixture
    def without_practice(self, files, learner):
        """The course loaded, finished by a learner, and then loaded without one of its steps."""
        files.load()
        Completion.objects.create(learner=learner, step=the_step("practice"))
        files.change(WELCOME, "(step:practice)", "(step:film)")
        files.change(WELCOME, "step: practice", "step: film")
        self.text = files.read(PRACTICE)
        files.remove(PRACTICE)
        files.step(f"{OTHER_TOPIC}/02-other.md", "other")
        return files

    def test_a_step_whose_file_is_gone_is_kept_but_not_shown(self, without_practice):
        plan = without_practice.load()

        assert uids(plan.retired) == ["practice"]
        assert "retired    step practice: Practice" in plan.lines()
        assert the_step("practice").retired_at
        assert uids(Step.objects.live().in_order()) == ["welcome", "film", "other"]
        assert Completion.objects.get().step.uid == "practice"

    def test_it_stays_retired(self, without_practice, tmp_path):
        without_practice.load()
        before = everything(tmp_path)
        without_practice.load()

        assert everything(tmp_path) == before

    def test_its_address_is_free_for_others(self, without_practice):
        without_practice.move(f"{OTHER_TOPIC}/02-other.md", f"{OTHER_TOPIC}/02-practice.md")

        without_practice.load()

        assert Step.objects.get(slug="practice", retired_at=None).uid == "other"

    def test_it_comes_back_with_its_file(self, without_practice):
        without_practice.load()
        pk = the_step("practice").pk
        without_practice.write(PRACTICE, self.text)

        plan = without_practice.load()

        assert uids(plan.restored) == ["practice"]
        assert not plan.added
        assert (the_step("practice").pk, the_step("practice").retired_at) == (pk, None)

    def test_it_comes_back_under_another_address_when_its_own_was_given_away(self, without_practice):
        without_practice.move(f"{OTHER_TOPIC}/02-other.md", f"{OTHER_TOPIC}/02-practice.md")
        without_practice.load()
        without_practice.write(f"{OTHER_TOPIC}/01-practice-again.md", self.text)

        plan = without_practice.load()

        assert (uids(plan.restored), uids(plan.renamed)) == (["practice"], ["practice"])
        assert the_step("practice").slug == "practice-again"
        assert the_step("other").slug == "practice"

    def test_what_the_admin_restored_stays_restored(self, without_practice):
        without_practice.load()
        edited_in_the_admin("practice", retired_at=None)

        plan = without_practice.load()

        assert not plan.changes_anything
        assert the_step("practice").retired_at is None

    def test_what_the_admin_retired_stays_retired(self, files):
        files.load()
        edited_in_the_admin("practice", retired_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
        files.change(PRACTICE, "minutes: 10", "minutes: 11")

        files.load()

        assert (the_step("practice").minutes, bool(the_step("practice").retired_at)) == (11, True)

    def test_topics_and_weeks_likewise(self, files):
        files.write("02-next-week/week.yaml", "id: next-week\ntitle: Next week\n")
        files.move(OTHER_TOPIC, "02-next-week/01-using-it")
        files.load()
        (files.folder / "02-next-week").rename(files.folder.parent / "aside")
        files.change(WELCOME, "(step:practice)", "(step:film)")
        files.change(WELCOME, "step: practice", "step: film")

        gone = files.load()
        (files.folder.parent / "aside").rename(files.folder / "02-next-week")
        back = files.load()

        assert uids(gone.retired) == ["next-week", "using-it", "practice"]
        assert uids(back.restored) == ["next-week", "using-it", "practice"]

    def test_a_topic_stays_while_a_step_is_in_it_that_the_admin_put_there(self, files):
        files.load()
        topic = Topic.objects.get(uid="what-it-is")
        Step.objects.filter(uid="practice").update(topic=topic, position=9)
        shutil.rmtree(files.folder / TOPIC)

        files.load()

        topic.refresh_from_db()
        assert topic.retired_at is None
        assert list(Step.objects.live().values_list("uid", flat=True)) == ["practice"]
        assert list(files.load().lines()) == ["nothing to do"]

        Step.objects.filter(uid="practice").update(topic=Topic.objects.get(uid="using-it"))
        files.load()
        topic.refresh_from_db()
        assert topic.retired_at is not None

    def test_a_new_step_brings_back_the_topic_and_week_that_the_admin_took_out(self, files):
        files.load()
        arranging.retire_whole(row=Week.objects.get())
        files.step(f"{OTHER_TOPIC}/02-new.md", "new")

        files.load()

        new = Step.objects.select_related("topic__week").get(uid="new")
        assert (new.topic.retired_at, new.topic.week.retired_at) == (None, None)
        assert list(Step.objects.live()) == [new]
        assert Topic.objects.get(uid="what-it-is").retired_at is not None
        assert list(files.load().lines()) == ["nothing to do"]

    def test_a_step_made_in_the_admin_is_left_alone(self, files):
        files.load()
        topic = the_step("welcome").topic
        Step.objects.create(course=topic.course, topic=topic, uid="own", slug="own", title="Made in the admin")

        plan = files.load()

        assert not plan.changes_anything
        assert the_step("own").retired_at is None

    def test_a_question_that_is_gone_is_retired_and_comes_back(self, files):
        files.load()
        question = ReflectionQuestion.objects.get()
        files.change(WELCOME, "id: where", "id: near-you")
        files.load()
        assert [(q.uid, bool(q.retired_at)) for q in ReflectionQuestion.objects.order_by("uid")] == [
            ("near-you", False),
            ("where", True),
        ]
        assert [q["uid"] for q in the_step("welcome").page["questions"]] == ["near-you"]

        files.change(WELCOME, "id: near-you", "id: where")
        files.load()

        question.refresh_from_db()
        assert question.retired_at is None

    def test_other_parts_that_are_gone_are_deleted(self, files):
        files.load()
        files.step(WELCOME, "welcome")
        files.step(FILM, "film", kind="video")
        files.remove(f"{TOPIC}/02-film.script.md")
        files.load()

        for part in ("figures", "resources", "references"):
            assert not getattr(the_step("welcome"), part).exists()
        assert not the_step("film").captions.exists()
        assert (the_step("film").film.name, the_step("film").script) == ("", "")

    def test_parts_that_stay_keep_their_row(self, files):
        files.load()
        reference = the_step("welcome").references.get()
        files.change(
            WELCOME,
            "references:\n",
            "references:\n  - id: first\n    source: First\n    year: 2020\n",
        )
        files.load()

        rows = the_step("welcome").references.all()
        assert [(row.uid, row.position) for row in rows] == [("first", 1), ("who-2014", 2)]
        assert rows[1].pk == reference.pk


class TestMerging:
    @pytest.mark.parametrize(
        ("files", "loaded", "database", "outcome"),
        [
            ("a", "a", "a", "nothing"),
            ("a", "a", "b", "nothing"),  # an edit in the admin stays
            ("b", "a", "a", "take"),
            ("b", "a", "b", "remember"),  # both made the same edit
            ("b", "a", "c", "conflict"),
            ([1, 2], [1], [1], "take"),
            ([1, 2], [1], [2], "conflict"),
            (True, False, False, "take"),
            ("", "a", "a", "take"),
        ],
    )
    def test_one_field(self, files, loaded, database, outcome):
        merged = merge(files={"x": files}, loaded={"x": loaded}, database={"x": database})

        assert merged.take == ({"x": files} if outcome == "take" else {})
        assert merged.conflicts == (["x"] if outcome == "conflict" else [])
        assert merged.loaded == {"x": files if outcome in ("take", "remember") else loaded}

    def test_a_field_never_loaded_is_a_conflict_unless_both_agree(self):
        merged = merge(files={"x": 1, "y": 2}, loaded={}, database={"x": 1, "y": 3})

        assert (merged.take, merged.conflicts, merged.loaded) == ({}, ["y"], {"x": 1})

    @pytest.mark.parametrize(
        ("wanted", "database", "outcome"), [("a", "", "take"), ([], [], "remember"), ("a", "b", "conflict")]
    )
    def test_a_field_that_is_new_since_the_last_load_is_nobody_s_edit_while_it_is_empty(
        self, wanted, database, outcome
    ):
        merged = merge(files={"x": wanted}, loaded={"old": 1}, database={"x": database})

        assert merged.take == ({"x": wanted} if outcome == "take" else {})
        assert merged.conflicts == (["x"] if outcome == "conflict" else [])
        assert merged.loaded == ({"old": 1} if outcome == "conflict" else {"old": 1, "x": wanted})

    def test_fields_that_the_files_do_not_mention_are_remembered(self):
        merged = merge(files={"x": 1}, loaded={"x": 1, "digest": "abc"}, database={"x": 1})

        assert merged.loaded == {"x": 1, "digest": "abc"}

    def test_an_edit_in_the_admin_stays_while_other_fields_are_taken(self, files):
        files.load()
        edited_in_the_admin("welcome", lead="Edited in the admin.")
        files.change(WELCOME, "minutes: 5", "minutes: 7")

        plan = files.load()

        assert [row.changed for row in plan.changed] == [["minutes"]]
        assert not plan.conflicts
        assert (the_step("welcome").lead, the_step("welcome").minutes) == ("Edited in the admin.", 7)

    def test_edits_on_both_sides_are_a_conflict_and_the_rest_is_loaded(self, files):
        files.load()
        edited_in_the_admin("welcome", lead="Edited in the admin.")
        files.change(WELCOME, "lead: Where this goes.", "lead: Edited in the files.")
        files.change(WELCOME, "minutes: 5", "minutes: 7")
        files.change(PRACTICE, "minutes: 10", "minutes: 11")

        plan = files.load()

        assert [(row.uid, row.conflicts) for row in plan.conflicts] == [("welcome", ["lead"])]
        lines = list(plan.lines())
        assert any("conflict   step welcome: lead" in line for line in lines)
        assert '             files: "Edited in the files."' in lines
        assert '             admin: "Edited in the admin."' in lines
        assert (the_step("welcome").lead, the_step("welcome").minutes) == ("Edited in the admin.", 7)
        assert the_step("practice").minutes == 11

    def test_a_conflict_is_reported_until_it_is_settled(self, files):
        files.load()
        edited_in_the_admin("welcome", lead="Edited in the admin.")
        files.change(WELCOME, "lead: Where this goes.", "lead: Edited in the files.")
        files.load()

        assert uids(files.load().conflicts) == ["welcome"]

        files.change(WELCOME, "lead: Edited in the files.", "lead: Edited in the admin.")
        settled = files.load()

        assert not settled.conflicts
        assert the_step("welcome").loaded["lead"] == "Edited in the admin."

    def test_long_texts_are_shown_where_they_differ(self, files):
        files.load()
        long = "The same beginning. " * 20
        edited_in_the_admin("film", body=long + "Here the admin says this.")
        files.change(FILM, "What the film shows.", long + "Here the files say that.")

        shown = [line.strip() for line in files.load().lines() if "files:" in line or "admin:" in line]

        assert "Here the files say that" in shown[0]
        assert "Here the admin says this" in shown[1]
        assert all(len(line) < 120 for line in shown)

    def test_the_parts_of_a_step_are_one_field_each(self, files):
        files.load()
        step = the_step("welcome")
        step.references.update(claim="Edited in the admin.")
        files.change(WELCOME, "claim: It works.", "claim: Edited in the files.")
        files.change(WELCOME, "text: Where is it kept near you?", "text: Where is it?")

        plan = files.load()

        assert [(row.changed, row.conflicts) for row in plan.changed] == [(["questions"], ["references"])]
        assert step.references.get().claim == "Edited in the admin."
        assert step.questions.get().text == "Where is it?"

    def test_a_step_moved_on_both_sides_is_a_conflict(self, files):
        files.load()
        edited_in_the_admin("welcome", position=9)
        files.move(WELCOME, f"{TOPIC}/05-welcome.md")

        plan = files.load()

        assert [(row.uid, row.conflicts) for row in plan.conflicts] == [("welcome", ["position"])]
        assert the_step("welcome").position == 9

    def test_a_course_from_the_admin_meets_files_for_the_first_time(self, files):
        Course.objects.create(uid="naloxone", slug="naloxone-now", title="From the admin", tagline="A short course")

        plan = files.load()

        assert "title" in plan.conflicts[0].conflicts
        assert "tagline" not in plan.conflicts[0].conflicts
        assert Course.objects.get().title == "From the admin"
        assert Step.objects.count() == 3


class TestAddressesThatAreTaken:
    def test_a_new_step_cannot_take_that_of_a_step_from_the_admin(self, files, tmp_path):
        files.load()
        topic = the_step("welcome").topic
        Step.objects.create(course=topic.course, topic=topic, uid="own", slug="extra", title="Made in the admin")
        files.step(f"{OTHER_TOPIC}/02-extra.md", "extra")
        files.change(WELCOME, "minutes: 5", "minutes: 7")
        before = everything(tmp_path)

        with pytest.raises(ContentErrors) as refusal:
            files.load()

        assert [str(problem) for problem in refusal.value.problems] == [
            f'naloxone-now/{OTHER_TOPIC}/02-extra.md:1: the address "extra" is already that of the step "own", '
            'which got it in the admin; give this step another "slug"'
        ]
        assert everything(tmp_path) == before

    def test_a_course_cannot_take_that_of_another_course(self, files, tmp_path):
        Course.objects.create(uid="other", slug="naloxone-now", title="Another")
        before = everything(tmp_path)

        with pytest.raises(ContentErrors, match='is already that of the course with the id "other"; rename the folder'):
            files.load()

        assert everything(tmp_path) == before


class TestMedia:
    def test_a_file_is_named_after_its_bytes(self, files):
        files.load()

        name = the_step("welcome").figures.get().file.name
        assert name.startswith("courses/naloxone/van.")
        assert name.endswith(".svg")
        assert len(name.split(".")[1]) == 10
        assert default_storage.open(name).read() == VAN

    def test_a_file_with_other_bytes_gets_another_name_and_the_old_one_stays(self, files):
        files.load()
        old = the_step("film").poster.name
        files.write("media/poster.png", png(8, 6))

        plan = files.load()

        new = the_step("film").poster.name
        assert [(row.uid, row.changed) for row in plan.changed] == [("film", ["poster"])]
        assert new != old
        assert default_storage.exists(old)
        assert default_storage.exists(new)

    def test_a_picture_with_another_size_has_its_size_changed(self, files):
        files.load()
        files.write("media/van.svg", VAN.replace(b'width="40"', b'width="80"'))
        files.load()

        assert the_step("welcome").figures.get().width == 80
        assert Course.objects.get().picture_width == 80

    def test_a_file_that_was_renamed_but_is_the_same_is_stored_again_under_its_name(self, files):
        files.load()
        files.move("media/poster.png", "media/The Poster (1).PNG")
        files.change(FILM, "poster: media/poster.png", "poster: media/The Poster (1).PNG")
        files.load()

        assert the_step("film").poster.name.startswith("courses/naloxone/the-poster-1.")
        assert the_step("film").poster.name.endswith(".png")

    def test_a_lost_or_half_written_file_is_stored_again(self, files):
        files.load()
        name = the_step("welcome").figures.get().file.name
        default_storage.delete(name)
        default_storage.save(name, default_storage.open(the_step("film").poster.name))

        files.load()

        assert default_storage.open(name).read() == VAN

    def test_names_fit_into_the_database(self, files):
        files.change(COURSE, "id: naloxone", f"id: {'n' * 80}")
        files.move("media/film.mp4", f"media/{'f' * 200}.mp4")
        files.change(FILM, "media/film.mp4", f"media/{'f' * 200}.mp4")
        files.load()

        assert len(the_step("film").film.name) <= Step._meta.get_field("film").max_length

    def test_a_file_that_changes_while_it_is_loaded_stops_everything(self, files, tmp_path):
        checked = files.checked()
        files.write("media/van.svg", VAN + b"<!-- saved just now -->")
        before = everything(tmp_path)
        default_storage.delete(loading.storage_name("naloxone", checked.files["media/van.svg"].source))

        with pytest.raises(ContentErrors, match="changed while it was being loaded"):
            loading.apply(checked)

        assert everything(tmp_path) == before


class TestAllOrNothing:
    def test_a_failure_at_the_end_leaves_the_database_as_it_was(self, files, tmp_path, monkeypatch):
        files.load()
        files.change(WELCOME, "title: Welcome", "title: Hello")
        files.step(f"{OTHER_TOPIC}/02-extra.md", "extra")
        before = everything(tmp_path)

        def fail(*args, **kwargs):
            raise IntegrityError

        monkeypatch.setattr(writing, "refresh", fail)
        with pytest.raises(IntegrityError):
            files.load()

        assert everything(tmp_path) == before

    def test_a_first_load_that_fails_leaves_no_course(self, files, monkeypatch):
        monkeypatch.setattr(writing, "refresh", lambda *args, **kwargs: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            files.load()

        assert not Course.objects.exists()

    def test_what_is_applied_is_planned_on_what_is_there_now(self, files):
        """Another loader, or the admin, was quicker."""
        files.load()
        files.change(WELCOME, "title: Welcome", "title: Hello")
        checked = files.checked()
        loading.plan(checked)
        files.load()
        edited_in_the_admin("welcome", title="Good day")

        done = loading.apply(checked)

        assert not done.changes_anything
        assert the_step("welcome").title == "Good day"

    def test_a_load_needs_no_more_queries_for_more_steps_that_are_the_same(self, files, django_assert_max_num_queries):
        for number in range(10, 30):
            files.step(f"{TOPIC}/{number}-more.md", f"more-{number}", f"slug: more-{number}")
        files.load()
        checked = files.checked()

        with django_assert_max_num_queries(30):
            loading.apply(checked)
