"""The address book: which app hangs where. Every address has a row in tests/whole_site/test_access.py."""

from allauth.account import views as allauth
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.urls import include, path

from harmreduction.views import errors, house, media

# Signing in to the admin goes through allauth, with its limits. Must stand before admin.site.urls is read.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Nobody's address is looked up in the admin.
admin.site.unregister(EmailAddress)

urlpatterns = [
    path("", house.home, name="home"),
    path("support/", house.page, {"name": "support"}, name="support"),
    path("guidelines/", house.page, {"name": "guidelines"}, name="guidelines"),
    path("privacy/", house.page, {"name": "privacy"}, name="privacy"),
    path("accessibility/", house.page, {"name": "accessibility"}, name="accessibility"),
    path("favicon.ico", house.favicon, name="favicon"),
    path("display/", house.display, name="display"),
    path("courses/", include("courses.urls")),
    path("courses/", include("discussions.urls")),
    path("accounts/", include("accounts.urls")),
    # Of allauth what works without an e-mail address; the rest comes when addresses are asked for.
    path("accounts/signup/", allauth.signup, name="account_signup"),
    path("accounts/login/", allauth.login, name="account_login"),
    # Where robots that fill in the trap of the sign-up form are sent, so that they believe they were taken.
    path("accounts/confirm-email/", allauth.email_verification_sent, name="account_email_verification_sent"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/password/change/", allauth.password_change, name="account_change_password"),
    path("accounts/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("media/<path:name>", media.serve, name="media"),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
