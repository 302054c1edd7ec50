from django.urls import path

from courses.views import learning

app_name = "courses"
urlpatterns = [
    path("<slug:course_slug>/", learning.course, name="course"),
    path("<slug:course_slug>/outline/", learning.outline, name="outline"),
    path("<slug:course_slug>/steps/<slug:step_slug>/", learning.step, name="step"),
    path("<slug:course_slug>/steps/<slug:step_slug>/done/", learning.done, name="step-done"),
]
