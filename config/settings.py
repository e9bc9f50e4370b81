"""Settings: everything that differs between places comes from the environment, and nothing else does."""

import hmac
import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from config.agencies import agencies, as_allauth_has_it
from config.database import ROLES, database
from config.loopback import is_loopback

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("KNUTPUNKTEN_VAR", ROOT / "var"))

DEMO = os.environ.get("KNUTPUNKTEN_DEMO") == "1"
ROLE = os.environ.get("KNUTPUNKTEN_ROLE", "app")
if ROLE not in ROLES:
    raise ImproperlyConfigured("KNUTPUNKTEN_ROLE is app, worker or owner.")
ORIGIN = os.environ.get("KNUTPUNKTEN_ORIGIN", "http://127.0.0.1:8000")
SECRET_KEY = os.environ.get("KNUTPUNKTEN_SECRET_KEY", "")
if not SECRET_KEY:
    raise ImproperlyConfigured("KNUTPUNKTEN_SECRET_KEY is not set.")
# What the application shows the database when it says who asks (wall/functions.sql); of the secret, but not it.
WALL_KEY = hmac.digest(SECRET_KEY.encode(), b"the wall's key", "sha256").hex()
DEBUG = False
HOST = urlsplit(ORIGIN).hostname or "localhost"
if DEMO and not is_loopback(HOST):
    raise ImproperlyConfigured("The demo serves this machine only: KNUTPUNKTEN_ORIGIN names another.")
ALLOWED_HOSTS = ["127.0.0.1", "localhost"] if DEMO else [HOST]
# The proxies whose word on a visitor's address is taken, as addresses or networks; empty: nothing stands in front.
PROXIES = os.environ.get("KNUTPUNKTEN_PROXIES", "").split()
CSRF_TRUSTED_ORIGINS = [ORIGIN]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "procrastinate.contrib.django",
    "knutpunkten.ui",
    "knutpunkten.organisations",
    # After organisations, whose frame around the settings goes before the admin's own.
    "django.contrib.admin",
    "knutpunkten.people",
    "knutpunkten.access",
    "knutpunkten.audit",
    "knutpunkten.cases",
    "knutpunkten.protection",
    "knutpunkten.documents",
    "knutpunkten.notices",
    "knutpunkten.visits",
    "knutpunkten.consents",
    "knutpunkten.referrals",
    "knutpunkten.consultations",
    "knutpunkten.queue",
    "knutpunkten.meetings",
    "knutpunkten.first_meeting",
    "knutpunkten.activities",
    "knutpunkten.plans",
    "knutpunkten.followup",
    "knutpunkten.closing",
    "knutpunkten.routine",
    "knutpunkten.desk",
    "knutpunkten.portal",
    "knutpunkten.review",
    "knutpunkten.statistics",
    "knutpunkten.accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "knutpunkten.wall",
    *(["knutpunkten.demo"] if DEMO else []),
]

MIDDLEWARE = [
    "knutpunkten.access.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "knutpunkten.access.doorstep.DoorstepMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "knutpunkten.access.wrong_method.WrongMethodMiddleware",
    "knutpunkten.access.plain_text.PlainTextMiddleware",
    "knutpunkten.access.middleware.SittingMiddleware",
    # Opens the transaction in which the database knows who is asking: what asks the database stands below it.
    "knutpunkten.access.middleware.WallMiddleware",
    "knutpunkten.accounts.kept.SentMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "knutpunkten.ui.forms.Renderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            # The second has ``csrf_token`` for its own: every form carries the hat of its page too.
            "builtins": ["knutpunkten.ui.templatetags.ui", "knutpunkten.ui.templatetags.sending"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "knutpunkten.access.context.frame",
            ],
        },
    },
]

DATABASES = {
    "default": database(
        os.environ.get("KNUTPUNKTEN_DATABASE_URL", "postgresql:///knutpunkten"),
        ROLE,
        os.environ.get("KNUTPUNKTEN_SEPARATE_LOGINS") == "1",
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organisations.User"
AUTHENTICATION_BACKENDS = [
    "knutpunkten.accounts.backends.Backend",
    # Only where one steps in without a password.
    *(["django.contrib.auth.backends.ModelBackend"] if DEMO else []),
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "knutpunkten.accounts.passwords.UnlikeTheHolder",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "knutpunkten.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "knutpunkten.accounts.passwords.Uncommon"},
    {"NAME": "knutpunkten.accounts.passwords.NotDigitsAlone"},
    {"NAME": "knutpunkten.accounts.passwords.NotOneSignAgain"},
    {"NAME": "knutpunkten.accounts.passwords.NotGuessable"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "start"

# django-allauth, with our adapters. Nobody signs up, and it sends no mail: the outbox does (decision 0015).
ACCOUNT_ADAPTER = "knutpunkten.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(ORIGIN).scheme
ACCOUNT_SESSION_REMEMBER = False  # the cookie goes with the browser; the sitting itself is the server's affair
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reauthenticate": "10/m/user"}
ACCOUNT_FORMS = {
    "login": "knutpunkten.accounts.forms.SignInForm",
    "reauthenticate": "knutpunkten.accounts.forms.PasswordAgainForm",
}
MFA_ADAPTER = "knutpunkten.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Knutpunkten"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_FORMS = {
    "authenticate": "knutpunkten.accounts.forms.CodeForm",
    "reauthenticate": "knutpunkten.accounts.forms.CodeAgainForm",
    "activate_totp": "knutpunkten.accounts.forms.FirstCodeForm",
    "add_webauthn": "knutpunkten.accounts.forms.PasskeyForm",
}
AGENCIES = agencies(os.environ.get("KNUTPUNKTEN_AGENCIES", ""))
SOCIALACCOUNT_ADAPTER = "knutpunkten.accounts.through_agency.AgencyAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [as_allauth_has_it(agency) for agency in AGENCIES]}}
# Attempts are counted where every process sees them. Large enough that a flood of names pushes no count out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_attempt",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_ENGINE = "knutpunkten.access.sessions"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # an agency's own sign-in leads back here from its site
# A browser takes a cookie of such a name over https only, for this host and all of it: no neighbour can set it.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = ("sessionid", "csrftoken") if DEMO else ("__Host-session", "__Host-csrf")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "sv"
TIME_ZONE = "Europe/Stockholm"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "static/"
# Built: from one folder, under names that say what is in each file. Otherwise straight from the source tree.
STATIC_IS_BUILT = os.environ.get("KNUTPUNKTEN_STATIC") == "built"
STATIC_ROOT = VAR / "static" if STATIC_IS_BUILT else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_IS_BUILT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_IS_BUILT

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
IS_HTTPS = ORIGIN.startswith("https://")
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_HTTPS else 0
# The domain's other names are not ours to decide over, so they are neither included nor put on the browsers' list.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

SMTP_HOST, _, SMTP_PORT = os.environ.get("KNUTPUNKTEN_SMTP", "127.0.0.1:2525").partition(":")
SMTP_TLS = os.environ.get("KNUTPUNKTEN_SMTP_TLS", "")
if SMTP_TLS not in ("", "starttls", "tls"):
    raise ImproperlyConfigured("KNUTPUNKTEN_SMTP_TLS is starttls or tls, or nothing.")
SMTP_USER, SMTP_PASSWORD = os.environ.get("KNUTPUNKTEN_SMTP_USER", ""), os.environ.get("KNUTPUNKTEN_SMTP_PASSWORD", "")
MAIL_FROM = os.environ.get("KNUTPUNKTEN_MAIL_FROM", "Knutpunkten <ingen-svar@knutpunkten.example>")
POST_DIRECTORY = VAR / "post"
# A directory on another machine, or a file, for the audit's newest seal each night; none: an operator takes it out.
SEALS_TO = Path(os.environ["KNUTPUNKTEN_SEALS_TO"]) if os.environ.get("KNUTPUNKTEN_SEALS_TO") else None

# What a form holds beside its file: long texts, and no more. A form of ours has one file.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 2
FILE_UPLOAD_HANDLERS = ["knutpunkten.documents.arriving.ArrivingFile"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "config.logs.WithoutWords", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # An address that leads nowhere is what somebody typed, perhaps a name or a number; who was denied what
    # stands in the audit. Only what is our own fault is logged.
    "loggers": {"django.request": {"level": "ERROR"}},
}
