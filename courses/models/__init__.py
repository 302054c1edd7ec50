"""What is taught, and how far each learner has come."""

from courses.models.outline import Course, OldSlug, Step, Topic, Week
from courses.models.parts import Caption, Figure, Reference, ReflectionQuestion, Resource
from courses.models.progress import Completion
from courses.models.quiz import QuizAnswer, QuizQuestion

__all__ = [
    "Caption",
    "Completion",
    "Course",
    "Figure",
    "OldSlug",
    "QuizAnswer",
    "QuizQuestion",
    "Reference",
    "ReflectionQuestion",
    "Resource",
    "Step",
    "Topic",
    "Week",
]
