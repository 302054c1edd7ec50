from django.urls import path

from courses.views import back_matter, learning, quiz

app_name = "courses"
urlpatterns = [
    path("<slug:course_slug>/", learning.course, name="course"),
    path("<slug:course_slug>/outline/", learning.outline, name="outline"),
    path("<slug:course_slug>/sources/", back_matter.sources, name="sources"),
    path("<slug:course_slug>/glossary/", back_matter.glossary, name="glossary"),
    path("<slug:course_slug>/resources/", back_matter.resources, name="resources"),
    path("<slug:course_slug>/steps/<slug:step_slug>/", learning.step, name="step"),
    path("<slug:course_slug>/steps/<slug:step_slug>/done/", learning.done, name="step-done"),
    path("<slug:course_slug>/steps/<slug:step_slug>/answers/", quiz.answer, name="step-answers"),
]
