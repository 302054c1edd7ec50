"""Comments hang on the step they stand under, what a person is told hangs on nothing, and moderators have a room of their own."""

from django.urls import URLPattern, URLResolver, include, path

from discussions.views import decisions, marks, moderating, notifications, reading, recommending, reporting, writing

app_name = "discussions"
of_a_comment = [
    path("", reading.permalink, name="comment"),
    path("replies/", reading.replies, name="comment-replies"),
    path("reply/", writing.reply, name="comment-reply"),
    path("edit/", writing.edit, name="comment-edit"),
    path("withdraw/", writing.withdraw, name="comment-withdraw"),
    path("like/", marks.mark, {"kind": "like"}, name="comment-like"),
    path("bookmark/", marks.mark, {"kind": "bookmark"}, name="comment-bookmark"),
    path("follow/", marks.mark, {"kind": "follow"}, name="comment-follow"),
    path("mute/", marks.mark, {"kind": "mute"}, name="comment-mute"),
    path("report/", reporting.report, name="comment-report"),
    path("pin/", recommending.pin, name="comment-pin"),
    path("endorse/", recommending.endorse, name="comment-endorse"),
]
of_a_course: list[URLPattern | URLResolver] = [
    path("<slug:course_slug>/my-comments/", marks.my_comments, name="my-comments"),
    path("<slug:course_slug>/my-bookmarks/", marks.my_bookmarks, name="my-bookmarks"),
    path("<slug:course_slug>/steps/<slug:step_slug>/comments/read/", marks.read, name="comments-read"),
    path("<slug:course_slug>/steps/<slug:step_slug>/comments/", writing.comments, name="comments"),
    path("<slug:course_slug>/steps/<slug:step_slug>/comments/<int:comment_id>/", include(of_a_comment)),
]
of_a_person = [
    path("", notifications.page, name="notifications"),
    path("seen/", notifications.see_all, name="notifications-seen"),
    path("<int:notification_id>/", notifications.follow, name="notification"),
    path("settings/", notifications.settings, name="notification-settings"),
    path("settings/words/", notifications.words, name="words-expire"),
    path("settings/muted/<int:mute_id>/", notifications.unmute, name="unmute"),
    path("stop/<str:token>/", notifications.stop_mail, name="mail-stop"),
]
urlpatterns = [path("courses/", include(of_a_course)), path("notifications/", include(of_a_person))]
moderation = [
    path("", moderating.queue, name="queue"),
    path("comments/<int:comment_id>/", moderating.comment, name="comment"),
    path("appeals/<int:appeal_id>/", moderating.appeal, name="appeal"),
    path("log/", moderating.log, name="log"),
    # For everybody: what was decided about one's own words, and the counts.
    path("decisions/<int:decision_id>/", decisions.decision, name="decision"),
    path("counts/", decisions.counts, name="counts"),
]
