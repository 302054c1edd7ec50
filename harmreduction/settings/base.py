"""The embedded site: SQLite, files on disk, no services. Nothing needs to be set beforehand; `.env.example` lists what can be."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from harmreduction import env

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "data"))).expanduser().resolve()
CONTENT_DIR = Path(env.text("CONTENT_DIR", str(BASE_DIR / "content"))).expanduser().resolve()

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY") or env.kept_secret(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "accounts",
    "courses",
    "discussions",
    "harmreduction",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_tasks",
    "django_tasks_db",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "harmreduction.logs.RequestNumber",
    "harmreduction.health.Health",
    "harmreduction.metrics.Metrics",
    "harmreduction.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "harmreduction.compression.Compression",
    "harmreduction.conditional.Conditional",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.preferences.ApplyPreferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.limits.WriteLimits",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.reauthentication.ShowItIsYou",
    "accounts.second_factor.StaffNeedSecondLock",
    "harmreduction.sending_again.KeepsWhatWasWritten",
]

ROOT_URLCONF = "harmreduction.urls"
WSGI_APPLICATION = "harmreduction.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.preferences.in_templates",
            ],
            "builtins": ["courses.templatetags.page"],
        },
    }
]

DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Limits are counted here, so all server processes must share it. With Redis, copies of the sessions stand there too.
CACHES = env.caches("CACHE_URL")
if "sessions" in CACHES:
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    SESSION_CACHE_ALIAS = "sessions"
# Work behind the scenes (harmreduction.jobs): done where it comes up, or by `manage.py db_worker`.
_tasks = (
    "django_tasks_db.DatabaseBackend"
    if env.flag("BACKGROUND_WORKER")
    else "django_tasks.backends.immediate.ImmediateBackend"
)
TASKS = {"default": {"BACKEND": _tasks}}
PAGES_KEPT = 300  # shared pages that each server process keeps (courses.pages), of about 100 kB each
PAGE_BYTES_KEPT = 24_000_000  # and of their parts, what readers of whom the same is true get alike

# People
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004"
]  # handles are unique without regard to case: a constraint that the check does not see
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # accounts from before; rewritten when they next sign in
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("handle",)},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "harmreduction.sign_up.Adapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "login": "accounts.forms.LoginForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "add_email": "accounts.forms.AddressForm",
    "confirm_email_verification_code": "accounts.forms.AddressCodeForm",
    "request_login_code": "accounts.forms.LoginCodeForm",
    "confirm_login_code": "accounts.forms.LoginCodeConfirmForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "confirm_password_reset_code": "accounts.forms.ResetCodeForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = [
    "username*",
    "email*",
    "password1*",
]  # allauth insists on the second star; in our form the address is optional
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds
# An e-mail address is kept only once a code came back from it; allauth takes codes only where it is told "mandatory", and our adapter
# leaves its question out of signing in.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True  # one address for one person
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# How long a code can be used, in seconds.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = (
    15 * 60
)
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a mail about this site to somebody who never was here could harm them
ACCOUNT_EMAIL_NOTIFICATIONS = (
    False  # mails are only what the person chose, and allauth's name the address they came from
)
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""  # what a locked screen shows does not name the course
ACCOUNT_RATE_LIMITS = {  # beside allauth's own for signing in, joining and codes
    "recovery_code": "10/m/ip,5/300s/key",
    "change_handle": "3/d/user",
}
MFA_ADAPTER = "accounts.passkeys.MFAAdapter"
MFA_SUPPORTED_TYPES = [
    "totp",
    "webauthn",
]  # recovery codes are ours (accounts.recovery): kept scrambled, and for the password too
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondLockForm",
    "authenticate_webauthn": "accounts.forms.SecondPasskeyForm",
    "reauthenticate": "accounts.forms.AgainCodeForm",
    "reauthenticate_webauthn": "accounts.forms.AgainPasskeyForm",
    "login_webauthn": "accounts.forms.LoginPasskeyForm",
    "activate_totp": "accounts.forms.ActivateAppForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
}
USERSESSIONS_TRACK_ACTIVITY = False

# Signing in through an institution: off unless its address is given. Needs the extra "institution" (in requirements-production.txt).
OIDC_ISSUER = env.text("OIDC_ISSUER").rstrip("/")
OIDC_NAME = env.text("OIDC_NAME", "my institution")
if OIDC_ISSUER:
    INSTALLED_APPS += ["allauth.socialaccount", "harmreduction.institution"]
    SOCIALACCOUNT_ADAPTER = "harmreduction.institution.adapter.Adapter"
    SOCIALACCOUNT_FORMS = {"signup": "harmreduction.institution.adapter.NameForm"}
    SOCIALACCOUNT_STORE_TOKENS = False
    SOCIALACCOUNT_EMAIL_REQUIRED = False
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "institution",
                    "name": OIDC_NAME,
                    "client_id": env.text("OIDC_CLIENT_ID"),
                    "secret": env.text("OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_ISSUER, "fetch_userinfo": False},
                }
            ],
        }
    }
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", True)
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("PROXIES", 0)

# Words
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": env.media_storage("MEDIA_STORAGE"),
    "staticfiles": {"BACKEND": "harmreduction.static_bundle.BundlingStorage"},
}
WHITENOISE_MAX_AGE = 3600  # for the few files without a fingerprint in their name; the others are immutable
STYLESHEET_BUNDLED = True  # one file instead of its parts; made by collectstatic
STYLESHEET_BUNDLE = (
    "css/site.css",
    ["css/tokens.css", "css/base.css", "css/layout.css", "css/components.css"],
)

# Safety. Named as in Django 6, which will take this over.
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
if OIDC_ISSUER:  # the form on the sign-in page leads there
    SECURE_CSP["form-action"].append("/".join(OIDC_ISSUER.split("/")[:3]))
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 24 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "harmreduction.views.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a step in the admin with all the notes and figures it may have sends 1,400

# How much one may write (accounts.limits). A workshop shares one address, so that bound is wide.
WRITE_LIMITS = True
WRITES_A_MINUTE = env.number("WRITES_A_MINUTE", 60)
ADDRESS_WRITES_A_MINUTE = env.number("ADDRESS_WRITES_A_MINUTE", 300)
# How much one person may post (discussions.limits). An account is new on the day it was made.
NEW_ACCOUNT_DAYS = env.number("NEW_ACCOUNT_DAYS", 1)
NEW_ACCOUNT_LINKS = env.number("NEW_ACCOUNT_LINKS", 2)  # in one comment
NEW_ACCOUNT_SECONDS_BETWEEN_POSTS = env.number("NEW_ACCOUNT_SECONDS_BETWEEN_POSTS", 30)
NEW_ACCOUNT_REPLIES_A_DAY = env.number("NEW_ACCOUNT_REPLIES_A_DAY", 10)
POSTS_AN_HOUR = env.number("POSTS_AN_HOUR", 20)  # of anybody
REPORTS_AN_HOUR = env.number("REPORTS_AN_HOUR", 20)  # of one person
ADDRESS_REPORTS_AN_HOUR = env.number("ADDRESS_REPORTS_AN_HOUR", 5)  # from one address without an account

# Ours
# Signs certificates. Whoever has it can make some; when it changes, the old public key goes into CERTIFICATE_OLD_KEYS.
CERTIFICATE_KEY = env.text("CERTIFICATE_KEY") or env.kept_secret(DATA_DIR / "certificate_key")
CERTIFICATE_OLD_KEYS = env.words("CERTIFICATE_OLD_KEYS")
SITE_NAME = env.text("SITE_NAME", "Drug Use and Harm Reduction")
QUICK_EXIT_URL = env.text("QUICK_EXIT_URL", "https://www.wikipedia.org/")
COMMENT_MAX_LENGTH = 2000
COMMENTS_PER_PAGE = 20
COMMENT_SILENT_MINUTES = 5  # in which a change to one's own comment is not marked
COMMENT_EDIT_HOURS = 24  # in which it can be changed at all

# No addresses, no user agents, no words: what the log says about a request is what went wrong with it (harmreduction.logs).
LOG_REQUESTS = env.flag("LOG_REQUESTS")
LOG_ERROR_WORDS = env.flag("LOG_ERROR_WORDS")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without people": {"()": "harmreduction.logs.WithoutPeople"}},
    "formatters": {"plain": {"()": "harmreduction.logs.Plain"}, "json": {"()": "harmreduction.logs.Json"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.choice("LOG_FORMAT", ("plain", "json")),
            "filters": ["without people"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},  # not Django's own handlers, which would say paths and messages
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "harmreduction.logs": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}

# Watching from outside, both off without a word here: harmreduction.metrics and harmreduction.reporting.
METRICS_TOKEN = env.optional(
    "METRICS_TOKEN", r"[!-~]{20,}", "prometheus_client", "at least 20 letters and digits that nobody can guess."
)
SENTRY_DSN = env.optional(
    "SENTRY_DSN",
    r"(https://\w+@[^/\s@]+|http://\w+@(127\.0\.0\.1|localhost)(:\d+)?)(/[\w-]+)*/\d+",
    "sentry_sdk",
    "an address with a key and a project's number, https://key@errors.example/1; without TLS only on this machine.",
)

# E-mail: EMAIL_BACKEND, EMAIL_HOST and their companions
globals().update(env.email("EMAIL_URL"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", "courses@localhost")
# How the site is reached from outside, for links in e-mails.
SITE_ADDRESS = env.text("SITE_ADDRESS", "http://127.0.0.1:8000").rstrip("/")

env.finish()
