from django.urls import path

from discussions.views import writing

app_name = "discussions"
urlpatterns = [
    path("<slug:course_slug>/steps/<slug:step_slug>/comments/", writing.post, name="comment-post"),
    path("<slug:course_slug>/steps/<slug:step_slug>/comments/<int:comment_id>/", writing.reply, name="comment-reply"),
    path(
        "<slug:course_slug>/steps/<slug:step_slug>/comments/<int:comment_id>/withdraw/",
        writing.withdraw,
        name="comment-withdraw",
    ),
]
