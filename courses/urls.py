from django.urls import path

from courses.views import back_matter, certificates, journal, learning, progress, quiz

app_name = "courses"
urlpatterns = [
    path("<slug:course_slug>/", learning.course, name="course"),
    path("<slug:course_slug>/outline/", learning.outline, name="outline"),
    path("<slug:course_slug>/progress/", progress.progress, name="progress"),
    path("<slug:course_slug>/certificate/", certificates.certificate, name="certificate"),
    path("<slug:course_slug>/certificate/revoke/", certificates.revoke, name="certificate-revoke"),
    path("<slug:course_slug>/journal/", journal.journal, name="journal"),
    path("<slug:course_slug>/journal/journal.md", journal.download, name="journal-download"),
    path("<slug:course_slug>/journal/remove/", journal.remove, name="journal-remove"),
    path("<slug:course_slug>/journal/move/", journal.move, name="journal-move"),
    path("<slug:course_slug>/sources/", back_matter.sources, name="sources"),
    path("<slug:course_slug>/glossary/", back_matter.glossary, name="glossary"),
    path("<slug:course_slug>/resources/", back_matter.resources, name="resources"),
    path("<slug:course_slug>/steps/<slug:step_slug>/", learning.step, name="step"),
    path("<slug:course_slug>/steps/<slug:step_slug>/done/", learning.done, name="step-done"),
    path("<slug:course_slug>/steps/<slug:step_slug>/answers/", quiz.answer, name="step-answers"),
    path("<slug:course_slug>/steps/<slug:step_slug>/bookmark/", progress.bookmark, name="step-bookmark"),
    path("<slug:course_slug>/steps/<slug:step_slug>/journal/", journal.save, name="step-journal"),
    path("<slug:course_slug>/steps/<slug:step_slug>/worksheet/", journal.worksheet, name="step-worksheet"),
]
