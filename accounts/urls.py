from django.urls import path

from accounts.views import invitation, joining, locks, recovery, settings

app_name = "accounts"
urlpatterns = [
    # Joining
    path("names/", joining.suggest, name="names"),
    path("signup/passkey/", joining.join_passkey, name="join-passkey"),
    path("educator/<str:token>/", invitation.educator, name="educator"),
    # One's own account
    path("settings/", settings.page, name="settings"),
    path("settings/preferences/", settings.preferences, name="preferences"),
    path("settings/sessions/end/", settings.end_sessions, name="sessions-end"),
    path("second-lock/", locks.second_lock, name="second-lock"),
    # Coming back
    path("recovery-codes/", recovery.codes, name="recovery-codes"),
    path("recover/", recovery.recover, name="recover"),
]
