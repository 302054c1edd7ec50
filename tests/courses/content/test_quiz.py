"""The questions of a quiz in a content file: what is wrong with them is said with its line, and what becomes of them when loaded."""

from __future__ import annotations

import pytest

from courses.content import rendering
from courses.models import QuizAnswer, QuizQuestion, Step
from tests import factories
from tests.courses.content.course_files import OTHER_TOPIC, CourseFiles

QUIZ = f"{OTHER_TOPIC}/02-quiz.md"
TEXT = """\
---
id: quiz
kind: quiz
title: Check your understanding
minutes: 4
references:
  - id: who-2014
    source: World Health Organization
    year: 2014
quiz:
  - id: who-may
    kind: one
    question: Who may give *it*?
    options:
      - text: Only a doctor.
        why: Doctors do.
      - text: Anyone.
        right: true
        why: Anyone may.[^who-2014] See [practice](step:practice).
  - id: what-helps
    kind: several
    question: What helps?
    options:
      - text: Calling.
        right: true
        why: It brings help.
      - text: Giving it.
        right: true
        why: It brings breath.
      - text: Waiting.
        why: Time is short.
  - id: in-order
    kind: order
    question: What comes first?
    items:
      - text: Call.
      - text: Give.
      - text: Stay.
    why: Help is on its way.
  - id: forms
    kind: match
    question: How is each given?
    pairs:
      - left: The spray
        right: nose
      - left: The ampoule
        right: muscle
        why: With a needle.
    why: Both hold the same.
---
Four questions.
"""
ALL = ["who-may", "what-helps", "in-order", "forms"]


@pytest.fixture
def quiz(files: CourseFiles) -> CourseFiles:
    files.write(QUIZ, TEXT)
    return files


def test_a_good_quiz_has_no_problems(quiz):
    assert quiz.problems() == []


def test_a_quiz_without_questions_is_a_step_like_others(files):
    files.step(QUIZ, "quiz", kind="quiz", body="Think about it.")

    assert files.problems() == []


MISTAKES = {
    "no right answer": (
        ("        right: true\n        why: Anyone may", "        why: Anyone may"),
        *("options:", 'quiz.0.options has no right answer; mark it with "right: true"'),
    ),
    "two right answers of one": (
        ("        why: Doctors do.\n", "        right: true\n        why: Doctors do.\n"),
        *("options:", 'quiz.0.options has 2 right answers; leave one, or make the question "kind: several"'),
    ),
    "no explanation": (
        ("        why: Doctors do.\n", ""),
        *(
            "- text: Only",
            '"why" is missing in quiz.0.options.0; add a line "why: …"; say why this answer is a good one',
        ),
    ),
    "an empty explanation": (("why: Doctors do.", 'why: " "'), 'why: " "', "quiz.0.options.0.why is empty; say why"),
    "no explanation of an order": (
        ("    why: Help is on its way.\n", ""),
        *("- id: in-order", "quiz.2.why is missing; say why this is the answer"),
    ),
    "no explanation of a match": (("    why: Both hold the same.\n", ""), "- id: forms", "quiz.3.why is missing"),
    "an explanation of its own": (
        ("    question: What helps?\n", "    question: What helps?\n    why: So.\n"),
        *("why: So.", 'quiz.1.why: of the kind "several" a question has an explanation in each of its options'),
    ),
    "one option": (
        ("      - text: Give.\n      - text: Stay.\n", ""),
        *("items:", "quiz.2.items has only one entry; there must be at least 2 to choose from"),
    ),
    "too many options": (
        ("      - text: Stay.\n", "".join(f"      - text: Stay {n}.\n" for n in range(9))),
        *("items:", "quiz.2.items has 11 entries; at most 10 fit"),
    ),
    "no options": (
        ("    items:\n      - text: Call.\n      - text: Give.\n      - text: Stay.\n", ""),
        *("- id: in-order", '"items" is missing in quiz.2; a question of the kind "order" needs it'),
    ),
    "options of another kind": (
        ("    items:\n", "    options:  # here\n      - {text: A, right: true, why: B}\n    items:\n"),
        *("options:  # here", 'quiz.2.options: a question of the kind "order" has "items" and not "options"'),
    ),
    "the same option twice": (
        ("text: Give.", "text: Call.  # again"),
        *("- text: Call.  # again", 'quiz.2.items.1.text: "Call." stands here a second time'),
    ),
    "the same left side twice": (
        ("left: The ampoule", "left: The spray  # again"),
        *("- left: The spray  # again", 'quiz.3.pairs.1.left: "The spray" stands here a second time'),
    ),
    "all right sides the same": (
        ("right: muscle", "right: nose"),
        *("pairs:", "quiz.3.pairs all have the same right side; there must be something to choose from"),
    ),
    "an id twice": (
        ("id: what-helps", "id: who-may  # again"),
        *("- id: who-may  # again", 'quiz: the id "who-may" stands here a second time, first on line 11'),
    ),
    "an odd id": (("id: forms", "id: The Forms"), "- id: The", 'quiz.3.id "The Forms" must have only lower-case'),
    "an unknown kind": (
        ("kind: order", "kind: ordre"),
        *(
            "kind: ordre",
            'quiz.2.kind "ordre" does not exist; it is one of one, several, order, match; did you mean "order"?',
        ),
    ),
    "an unknown field": (
        ("    kind: match\n", "    kind: match\n    wy: So.\n"),
        *("wy:", 'unknown field "wy"; did you mean "why"?'),
    ),
    "no question": (("question: What helps?", "question:  # none"), "question:  # none", "quiz.1.question is empty"),
    "a right side that is no text": (("right: nose", "right: 7"), "right: 7", "quiz.3.pairs.0.right must be text"),
    "rightness that is no truth": (
        ("        right: true\n        why: Anyone may", "        right: yes\n        why: Anyone may"),
        *("right: yes", "quiz.0.options.1.right must be true or false, not 'yes'"),
    ),
    "a long question": (("question: What helps?", f"question: {'x' * 601}"), "question: x", "at most 600 fit"),
    "a long option": (("text: Waiting.", f"text: {'x' * 301}"), "- text: x", "at most 300 fit"),
    "a long right side": (("right: nose", f"right: {'x' * 101}"), "right: x", "at most 100 fit"),
    "a long explanation": (("why: With a needle.", f"why: {'x' * 1201}"), "why: x", "at most 1200 fit"),
    "an unknown reference": (
        ("[^who-2014]", "[^who-2015]"),
        *("why: Anyone may", 'there is no reference [^who-2015]; did you mean "who-2014"?'),
    ),
    "an unknown step": (("(step:practice)", "(step:practise)"), "why: Anyone may", 'mean "practice"?'),
    "a picture": (("text: Calling.", "text: '![](figure:van)'"), "- text: '!", "cannot stand in a question"),
    "a quiz elsewhere": (
        ("kind: quiz\n", "kind: article\n"),
        *("quiz:", '"quiz" belongs to steps with "kind: quiz"; this one is "article"'),
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_said_with_its_line(quiz, case):
    change, line, words = MISTAKES[case]
    quiz.change(QUIZ, *change)

    problems = [
        problem for problem in quiz.problems() if case != "rightness that is no truth" or "must be" in str(problem)
    ]

    assert [(problem.path, problem.line) for problem in problems] == [quiz.place(QUIZ, line)]
    assert words in problems[0].message


def test_all_mistakes_are_said_in_one_pass(quiz):
    cases = ("two right answers of one", "one option", "an unknown field", "a long option", "a quiz elsewhere")
    for case in cases:
        quiz.change(QUIZ, *MISTAKES[case][0])

    said = "\n".join(problem.message for problem in quiz.problems())
    assert len(quiz.problems()) == len(cases)
    assert all(MISTAKES[case][2] in said for case in cases)


def test_a_quiz_has_a_limit(quiz):
    more = "".join(
        f"  - {{id: q{n}, kind: order, question: Q, why: W, items: [{{text: A}}, {{text: B}}]}}\n" for n in range(37)
    )
    quiz.change(QUIZ, "quiz:\n  - id", f"quiz:\n{more}  - id")

    assert "quiz has 41 questions; at most 40 fit" in quiz.problem().message


@pytest.mark.parametrize(
    "odd", ["quiz: 7", "quiz: {id: x}", "quiz: [7]", "quiz: [{}]", "quiz: [{kind: one, options: 7}]"]
)
def test_odd_shapes_are_problems_and_no_errors(files, odd):
    files.step(QUIZ, "quiz", odd, kind="quiz")

    assert files.problems()


def the_quiz() -> Step:
    return Step.objects.get(uid="quiz")


@pytest.mark.django_db
class TestLoading:
    def test_the_questions_are_rows_and_the_page_has_them_rendered(self, quiz):
        quiz.load()

        rows = list(QuizQuestion.objects.all())
        assert [row.uid for row in rows] == ALL
        assert rows[0].options[0] == {"text": "Only a doctor.", "right": False, "why": "Doctors do."}
        assert rows[2].options == [{"text": "Call."}, {"text": "Give."}, {"text": "Stay."}]
        assert rows[3].options[0] == {"left": "The spray", "right": "nose", "why": ""}
        page = the_quiz().page["quiz"]
        assert [question["uid"] for question in page] == ALL
        assert page[0]["html"] == "Who may give <em>it</em>?"
        why = page[0]["options"][1]["why"]
        assert 'href="#fn-1"' in why and 'href="/courses/naloxone-now/steps/practice/"' in why

    def test_loading_again_changes_nothing(self, quiz):
        quiz.load()

        assert list(quiz.load().lines()) == ["nothing to do"]

    def test_an_edit_in_the_files_is_taken_and_the_row_stays(self, quiz):
        quiz.load()
        row = QuizQuestion.objects.get(uid="who-may")
        quiz.change(QUIZ, "why: Doctors do.", "why: Doctors do, when they are there.")

        plan = quiz.load()

        assert "changed    step quiz: quiz" in plan.lines()
        assert QuizQuestion.objects.get(uid="who-may").pk == row.pk
        assert the_quiz().page["quiz"][0]["options"][0]["why"] == "Doctors do, when they are there."

    def test_an_edit_in_the_admin_stays_and_edits_on_both_sides_are_a_conflict(self, quiz):
        quiz.load()
        QuizQuestion.objects.filter(uid="forms").update(question="Which goes where?")
        assert not quiz.load().changes_anything
        quiz.change(QUIZ, "question: What helps?", "question: What is of help?")

        plan = quiz.load()

        assert [(row.uid, row.conflicts) for row in plan.conflicts] == [("quiz", ["quiz"])]
        assert QuizQuestion.objects.get(uid="forms").question == "Which goes where?"
        assert QuizQuestion.objects.get(uid="what-helps").question == "What helps?"

    def test_a_question_that_is_gone_is_retired_with_its_answers_and_comes_back(self, quiz):
        quiz.load()
        question = QuizQuestion.objects.get(uid="forms")
        QuizAnswer.objects.create(learner=factories.person("Heron"), question=question, answer=[1, 0], mark="0000")
        text = quiz.read(QUIZ)
        quiz.write(QUIZ, text[: text.index("  - id: forms")] + text[text.index("---\nFour") :])
        quiz.load()
        question.refresh_from_db()
        assert question.retired_at
        assert [q["uid"] for q in the_quiz().page["quiz"]] == ALL[:3]
        assert QuizAnswer.objects.exists()

        quiz.write(QUIZ, text)
        quiz.load()

        question.refresh_from_db()
        assert question.retired_at is None
        assert [q["uid"] for q in the_quiz().page["quiz"]] == ALL

    def test_a_new_order_is_taken(self, quiz):
        quiz.load()
        text = quiz.read(QUIZ)
        forms = text[text.index("  - id: forms") : text.index("---\nFour")]
        quiz.write(QUIZ, text.replace(forms, "").replace("quiz:\n", f"quiz:\n{forms}"))
        quiz.load()

        assert [q["uid"] for q in the_quiz().page["quiz"]] == ["forms", *ALL[:3]]

    def test_a_step_that_is_no_quiz_any_more_asks_nothing(self, quiz):
        quiz.load()
        quiz.step(QUIZ, "quiz", body="Words.")
        quiz.load()

        assert the_quiz().page["quiz"] == []

    def test_other_words_in_a_question_are_other_words_of_the_step_and_its_place_is_not(self, quiz):
        quiz.load()
        before = the_quiz().fingerprint
        mark = the_quiz().page["quiz"][1]["mark"]
        quiz.move(QUIZ, f"{OTHER_TOPIC}/09-quiz.md")
        quiz.load()
        assert the_quiz().fingerprint == before
        quiz.change(f"{OTHER_TOPIC}/09-quiz.md", "why: Time is short.", "why: There is no time.")
        quiz.load()
        assert the_quiz().fingerprint != before
        assert the_quiz().page["quiz"][1]["mark"] == mark
        quiz.change(f"{OTHER_TOPIC}/09-quiz.md", "text: Waiting.", "text: Waiting a while.")
        quiz.load()
        assert the_quiz().page["quiz"][1]["mark"] != mark


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Plain *em* **strong** `code`.", "Plain <em>em</em> <strong>strong</strong> <code>code</code>."),
        ("1986. A year", "1986. A year"),
        ("- no list", "- no list"),
        ("# no heading", "# no heading"),
        ("> no quote", "&gt; no quote"),
        ("```no fence", "```no fence"),
        ("two\n\nparagraphs", "two paragraphs"),
        ("<b>no</b> <script>x</script>", "&lt;b&gt;no&lt;/b&gt; &lt;script&gt;x&lt;/script&gt;"),
        ("[x](javascript:alert(1))", "x"),
        ("[out](https://example.org/)", '<a href="https://example.org/" rel="noopener noreferrer">out</a>'),
        ("[in](step:here)", '<a href="/here/">in</a>'),
        ("[gone](step:gone)", "gone"),
        ("So.[^b]", 'So.<sup><a aria-label="Note 2" href="#fn-2">2</a></sup>'),
        ("So.[^c]", "So.[^c]"),
        ("", ""),
    ],
)
def test_a_text_of_a_quiz_stays_within_its_line(source, html):
    assert rendering.render_line(source, notes=["a", "b"], step_urls={"here": "/here/"}) == html


def test_a_text_that_is_too_long_for_a_line_is_refused():
    with pytest.raises(rendering.TooComplex):
        rendering.render_line("x" * 3000, notes=[], step_urls={})
