"""What is taught, and how far each learner has come."""

from courses.models.certificate import Certificate
from courses.models.journal import JournalEntry, StepBookmark
from courses.models.outline import Course, OldSlug, Step, Topic, Week
from courses.models.parts import Caption, Figure, Reference, ReflectionQuestion, Resource
from courses.models.progress import Completion
from courses.models.quiz import QuizAnswer, QuizQuestion
from courses.models.report import Report
from courses.models.revision import Revision
from courses.models.role import CourseRole

__all__ = [
    "Caption",
    "Certificate",
    "Completion",
    "Course",
    "CourseRole",
    "Figure",
    "JournalEntry",
    "OldSlug",
    "QuizAnswer",
    "QuizQuestion",
    "Reference",
    "ReflectionQuestion",
    "Report",
    "Resource",
    "Revision",
    "Step",
    "StepBookmark",
    "Topic",
    "Week",
]
