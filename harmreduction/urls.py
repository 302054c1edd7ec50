"""The address book: which app hangs where. Every address has a row in tests/whole_site/test_access.py."""

from allauth.account import views as allauth
from allauth.account.decorators import reauthentication_required, secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.base import views as allauth_locks
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as allauth_app
from allauth.mfa.webauthn import views as allauth_passkeys
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.views import joining, locks, signing
from courses.views import certificates, drafts
from discussions import urls as discussions
from harmreduction.views import educators, errors, house, media, my_data, people

# Signing in to the admin goes through allauth, with its limits. Must stand before admin.site.urls is read.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Nobody's address, passkeys or open sessions are looked up in the admin.
admin.site.unregister([EmailAddress, Authenticator, UserSession])

again = reauthentication_required(app="allauth.account")  # who opens this shows once more that it is them

urlpatterns = [
    path("", house.home, name="home"),
    path("support/", house.page, {"name": "support"}, name="support"),
    path("guidelines/", house.page, {"name": "guidelines"}, name="guidelines"),
    path("privacy/", house.page, {"name": "privacy"}, name="privacy"),
    path("safety/", house.page, {"name": "safety"}, name="safety"),
    path("accessibility/", house.page, {"name": "accessibility"}, name="accessibility"),
    path("verify/", certificates.verify, name="verify"),
    path("verify/<str:code>/", certificates.verify_code, name="verify-code"),
    path("certificates/key/", certificates.key, name="certificate-key"),
    path("favicon.ico", house.favicon, name="favicon"),
    path("robots.txt", house.robots, name="robots"),
    path("leave/", house.leave, name="leave"),
    path("display/", house.display, name="display"),
    path("educators/<slug:course_slug>/", educators.dashboard, name="educators"),
    path("educators/<slug:course_slug>/numbers.csv", educators.numbers, name="educators-numbers"),
    path("my-data/", my_data.page, name="my-data"),
    path("my-data/download/", my_data.download, name="my-data-download"),
    path("my-data/delete/", my_data.delete, name="my-data-delete"),
    path("courses/", include("courses.urls")),
    path("drafts/<str:token>/", drafts.draft, name="draft"),
    path("drafts/<str:token>/outline/", drafts.outline, name="draft-outline"),
    path("drafts/<str:token>/steps/<slug:step_slug>/", drafts.step, name="draft-step"),
    path("drafts/<str:token>/sources/", drafts.sources, name="draft-sources"),
    path("drafts/<str:token>/glossary/", drafts.glossary, name="draft-glossary"),
    path("drafts/<str:token>/resources/", drafts.resources, name="draft-resources"),
    path("", include("discussions.urls")),
    path("moderation/", include((discussions.moderation, "moderation"))),
    path("accounts/", include("accounts.urls")),
    path("accounts/settings/name/", people.name, name="settings-name"),
    path("accounts/settings/picture/", people.picture, name="settings-picture"),
    # Joining, signing in and out (allauth)
    path("accounts/signup/", joining.join, name="account_signup"),
    path("accounts/login/", signing.sign_in, name="account_login"),
    path("accounts/login/code/", allauth.request_login_code, name="account_request_login_code"),
    path("accounts/login/code/confirm/", allauth.confirm_login_code, name="account_confirm_login_code"),
    path("accounts/logout/", signing.sign_out, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    # An e-mail address, if one is wanted; the second is also where robots that fill in the trap of the sign-up form are sent
    path("accounts/email/", again(allauth.email), name="account_email"),
    path("accounts/confirm-email/", allauth.email_verification_sent, name="account_email_verification_sent"),
    # Passwords
    path("accounts/password/change/", allauth.password_change, name="account_change_password"),
    path("accounts/password/set/", again(allauth.password_set), name="account_set_password"),
    path("accounts/password/reset/", allauth.password_reset, name="account_reset_password"),
    path(
        "accounts/password/reset/confirm/",
        allauth.confirm_password_reset_code,
        name="account_confirm_password_reset_code",
    ),
    path("accounts/password/reset/complete/", allauth.complete_password_reset, name="account_complete_password_reset"),
    path(
        "accounts/password/reset/done/", allauth.password_reset_from_key_done, name="account_password_reset_completed"
    ),
    # Passkeys and authenticator apps (allauth.mfa)
    path("accounts/2fa/", locks.to_settings, name="mfa_index"),
    path("accounts/2fa/authenticate/", locks.second_key, name="mfa_authenticate"),
    path("accounts/2fa/reauthenticate/", allauth_locks.reauthenticate, name="mfa_reauthenticate"),
    path("accounts/2fa/app/connect/", locks.activate_app, name="mfa_activate_totp"),
    path("accounts/2fa/app/disconnect/", allauth_app.deactivate_totp, name="mfa_deactivate_totp"),
    path("accounts/2fa/passkeys/", locks.to_settings, name="mfa_list_webauthn"),
    path("accounts/2fa/passkeys/add/", locks.add_passkey, name="mfa_add_webauthn"),
    path("accounts/2fa/passkeys/login/", allauth_passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("accounts/2fa/passkeys/again/", locks.again_with_passkey, name="mfa_reauthenticate_webauthn"),
    path("accounts/2fa/passkeys/<int:pk>/remove/", locks.remove_passkey, name="mfa_remove_webauthn"),
    path("accounts/2fa/passkeys/<int:pk>/edit/", allauth_passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("media/<path:name>", media.serve, name="media"),
    # Django's way from any row to its page: it would tell all staff the address of a draft. Our lists link to pages themselves.
    path("admin/r/<path:row>", errors.no_page, name="admin-no-page"),
    path("admin/", admin.site.urls),
]
if settings.OIDC_ISSUER:
    admin.site.unregister([m for m in apps.get_app_config("socialaccount").get_models() if admin.site.is_registered(m)])
    urlpatterns.append(path("accounts/institution/", include("harmreduction.institution.urls")))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
handler429 = errors.too_many  # allauth's name for it
