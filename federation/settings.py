"""All configuration, read from the environment; every variable stands in .env.example.

Without DEBUG or DEMO the secrets are required and weak ones refused. DEMO opens what only
a demonstration may open, and therefore answers on loopback only.
"""

from pathlib import Path
from urllib.parse import quote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from federation.encryption import decode_key, parse_keys

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
HTTPS = env.bool("HTTPS", default=not (DEBUG or DEMO))


def secret(name: str, development: str, least: int = 40) -> str:
    """A secret from the environment; only with DEBUG is there a value of ours, known to all."""
    # A file that an editor has saved ends with a newline.
    value = env.str(name, default=development if DEBUG else "").strip()
    weak = len(value) < least or len(set(value)) < 10 or value == development
    if not value or (weak and not DEBUG):
        raise ImproperlyConfigured(
            f"{name} is missing or weak: set it (or {name}_FILE) as .env.example describes."
        )
    return value


SECRET_KEY = secret(
    "SECRET_KEY", "only-for-development-and-known-to-everybody-never-in-production", least=50
)
FIELD_KEYS = secret("FIELD_KEYS", "dev:ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMzItYnk")
INDEX_KEY = secret("INDEX_KEY", "ZGV2ZWxvcG1lbnQtb25seS1pbmRleC1rZXktMzItYnk")
if decode_key(INDEX_KEY, "INDEX_KEY") in parse_keys(FIELD_KEYS).values():
    raise ImproperlyConfigured("INDEX_KEY is one of FIELD_KEYS: give it a value of its own.")

ALLOWED_HOSTS = LOOPBACK if DEMO else env.list("ALLOWED_HOSTS", default=LOOPBACK if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_NAME = env.str("SITE_NAME", default="") or _("Register of Unions")
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

INSTALLED_APPS = [
    "federation",
    "directory",
    "membership",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.forms",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "simple_history",
]

MIDDLEWARE = [
    "federation.middleware.RequestId",
    # Before all that may refuse a request, so that refusals have the headers too.
    "federation.middleware.Headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Counts and opens what machines read; before whatever keeps answers.
    "federation.sharing.Shared",
    "directory.middleware.OfDirectory",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "federation.middleware.SessionEnds",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "federation.middleware.SecondFactor",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "federation.urls"
WSGI_APPLICATION = "federation.wsgi.application"

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
                "federation.context.site",
            ],
        },
    },
]
FORM_RENDERER = "federation.widgets.FormRenderer"

# --- database -------------------------------------------------------------------------------

DATABASES = {
    "default": env.db_url(
        "DATABASE_URL", default=f"sqlite:///{quote(str(BASE_DIR / 'db.sqlite3'))}"
    )
}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"].endswith("sqlite3"):
    # A write takes its lock when the transaction starts, so two writers queue instead of failing.
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=%s; PRAGMA foreign_keys=ON;"
        % ("NORMAL" if DEMO or DEBUG else "FULL"),
    }
    # Opening the file and setting it up costs more than most pages do.
    DATABASE["CONN_MAX_AGE"] = 60
    # In memory, threads of the race tests would share one connection.
    DATABASE["TEST"] = {"NAME": BASE_DIR / "var" / "test.sqlite3"}
    (BASE_DIR / "var").mkdir(exist_ok=True)
else:
    # A database that does not answer is told of at once, not after the system's minutes.
    DATABASE.setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)
    # Compiling a query takes longer than any of ours runs.
    own = DATABASE["OPTIONS"].get("options", "")
    DATABASE["OPTIONS"]["options"] = f"{own} -c jit=off -c lock_timeout=20s".strip()
    DATABASE["CONN_MAX_AGE"] = 60
    DATABASE["CONN_HEALTH_CHECKS"] = True

# Shared by all workers, since sign-in limits and used one-time codes are kept in it.
CACHES = {
    "default": {
        "BACKEND": "federation.caching.Cache",
        "LOCATION": "cache",
        # Keys name accounts and networks: they are kept as fingerprints.
        "KEY_FUNCTION": "federation.caching.cache_key",
        # Far above what is ever current; a full cache throws limits away.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Public pages are kept in each process for as long as the directory does not change.
KEEP_PAGES = env.bool("KEEP_PAGES", default=True)

# --- accounts -------------------------------------------------------------------------------

AUTH_USER_MODEL = "federation.User"
AUTHENTICATION_BACKENDS = ["federation.backends.CoordinatorBackend"]
# The address is ciphertext, so it cannot be unique itself; its index is.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "federation.passwords.HardToGuess"},
]
# Letters with a link to set a password are good for an hour, once.
PASSWORD_RESET_TIMEOUT = 60 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "federation.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# allauth's own table of addresses stays empty: it would hold them in clear.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_FORMS = {
    "login": "federation.account_forms.SignIn",
    "reauthenticate": "federation.account_forms.PasswordAgain",
    "change_password": "federation.account_forms.ChangePassword",
}
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "reset_password": "20/m/ip",
    "reset_password_from_key": "20/m/ip",
}
MFA_ADAPTER = "federation.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "federation.account_forms.SecondFactor",
    "reauthenticate": "federation.account_forms.SecondFactorAgain",
    "activate_totp": "federation.account_forms.ActivateApp",
}
# Clocks may be half a minute apart.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = env.str("SITE_NAME", default="Register of Unions")
MFA_RECOVERY_CODES_SHOW_ONCE = True

SESSION_ENGINE = "federation.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_AGE = 30 * 60
# Both cookies go with the browser's window.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_AGE = None
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# In the session, so that no third cookie is set.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "federation.views.csrf_failure"

# --- what the browser is told ---------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
# Health checks come from the machine itself, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Nothing to others. With `no-referrer` browsers would send `Origin: null` with our own forms,
# and the check against forged ones would refuse them all.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = [
    # Refuses by its length what the page asked for does not take.
    "federation.files.receiving.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- languages, time, files -----------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("de", _("German")),
    ("pt", _("Portuguese")),
    ("it", _("Italian")),
    ("pl", _("Polish")),
    ("ru", _("Russian")),
    ("ar", _("Arabic")),
    ("tr", _("Turkish")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
FORMAT_MODULE_PATH = ["federation.formats"]

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "var" / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- mail -----------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="dummymail://" if DEMO else "consolemail://"))
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default="localhost")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"register@{MAIL_DOMAIN}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- API ------------------------------------------------------------------------------------

# Requests that one network may make each minute, of the API and of exports; 0 for any number.
API_RATE = env.int("API_RATE", default=600)
# This machine itself (checks, benchmarks) is counted only where somebody has set a number.
API_SPARES_LOOPBACK = "API_RATE" not in env.ENVIRON
REST_FRAMEWORK = {
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["federation.parsers.PlainJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["federation.permissions.ReadOnly"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "federation.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# What everybody may do with what the directory publishes; every export states it.
DATA_LICENCE = {
    "name": "CC0-1.0",
    "url": "https://creativecommons.org/publicdomain/zero/1.0/",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Register of unions",
    "DESCRIPTION": (
        "The public directory of federations of unions and their member organisations. Reading "
        "needs no key and no account. What is not understood is refused, and said by name. "
        "Follow `next` from page to page: it costs the same at any depth, and what others write "
        "meanwhile moves nothing. Send `ETag` back as `If-None-Match` and what has not changed "
        "is not sent again. Each network may ask some hundred times a minute: the headers "
        "`RateLimit` and `Retry-After` say what is left and when to come back."
    ),
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "federation.schema.complete",
    ],
    "VERSION": "1",
    "LICENSE": DATA_LICENCE,
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
}

# --- logging: no personal data, see federation/logs.py ---------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "federation.logs.RequestIdFilter"}},
    "formatters": {
        "line": {
            "()": "federation.logs.Line",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # The server's own lines would name networks and what was asked for.
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
        "gunicorn.access": {"handlers": ["console"], "propagate": False},
        # What it finds odd in a stranger's file concerns nobody; what it cannot read is refused.
        "pikepdf": {"level": "ERROR"},
    },
}
