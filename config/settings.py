"""All settings; every environment variable is read here, strictly, and listed in docs/settings.md.

Without DATABASE_URL Roundbook runs on the servers that it starts itself in its data folder (`config/embedded/`).
With DATABASE_URL it is a production site, and whatever is missing stops the start, unless ROUNDBOOK_LOCAL says that
it is served on this machine alone, over plain http.
"""

import sys
from datetime import timedelta
from pathlib import Path

from celery.schedules import schedule
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from environs import FileAwareEnv, validate

from config import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = FileAwareEnv()

DATA_DIR = Path(env.str("ROUNDBOOK_DATA", "") or BASE_DIR / ".roundbook").resolve()
IS_EMBEDDED = not env.str("DATABASE_URL", "")
# For this machine alone: on the embedded servers, by `up`, and in tests.
IS_LOCAL = env.bool("ROUNDBOOK_LOCAL", IS_EMBEDDED)

# Served over plain http, for this machine or behind a proxy that is not there yet. Never so on a public site.
PLAIN_HTTP = env.bool("ROUNDBOOK_PLAIN_HTTP", IS_LOCAL)
DEBUG = env.bool("ROUNDBOOK_DEBUG", False)

if IS_LOCAL:
    SECRET_KEY = env.str("SECRET_KEY", "") or embedded.secret_key(DATA_DIR) or get_random_secret_key()
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
else:
    SECRET_KEY = env.str("SECRET_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

# Who may read without an account: "nobody", "localhost" (requests of this machine, through no proxy), "everyone".
ROUNDBOOK_OPEN_READING = env.str("ROUNDBOOK_OPEN_READING", "localhost" if IS_LOCAL else "nobody")
if ROUNDBOOK_OPEN_READING not in ("nobody", "localhost", "everyone"):
    sys.exit("ROUNDBOOK_OPEN_READING must be nobody, localhost or everyone.")

INSTALLED_APPS = [
    "companies",
    "funding",
    "config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.requests.RefuseNulMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.bearer.BearerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.access.AccessMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "django.template.context_processors.i18n",
                "config.access.access_context",
                "config.currencies.currency_context",
                "funding.views.badges.waiting",
            ],
        },
    }
]

DATABASES = {
    "default": {
        **env.dj_db_url("DATABASE_URL", embedded.database_url(DATA_DIR)),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DATABASES["default"]["OPTIONS"]["options"] = (
    "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={}".format(
        *env.list("ROUNDBOOK_DB_TIMEOUTS", ["10s", "3s", "30s"])
    )
)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Accounts: django-allauth; made by an administrator, signed in by password or one-time link.
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "config.accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("ROUNDBOOK_PROXIES", 0)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not PLAIN_HTTP:
    SECURE_SSL_REDIRECT = env.bool("ROUNDBOOK_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
    SECURE_HSTS_SECONDS = env.int("ROUNDBOOK_HSTS_SECONDS", int(timedelta(days=365).total_seconds()))
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("ROUNDBOOK_HSTS_SUBDOMAINS", True)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "report-uri": "/csp-report/",
    }
}

CSRF_FAILURE_VIEW = "config.requests.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("fr", "Français")]  # each by its own name
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("ROUNDBOOK_STATIC", "") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.staticfiles.PlotlyFinder",
]
# Locally there is no collectstatic: files are looked for where they are, when they are asked for.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = IS_LOCAL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

HAS_MAIL = bool(env.str("EMAIL_URL", ""))
EMAIL_TIMEOUT = 20
if HAS_MAIL:
    if env.str("EMAIL_URL").partition("://")[0] not in ("submission", "smtp", "file", "console"):
        # Any other is taken for plain SMTP, without the encryption that its name may promise.
        sys.exit("EMAIL_URL must begin with submission://, smtp://, file:// or console://.")
    vars().update(env.dj_email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "roundbook@localhost")
EMAIL_TIMEOUT = EMAIL_TIMEOUT or 20
# What the addresses in mails, webhooks and feeds begin with; `up` says where it listens.
SITE_ADDRESS = (env.str("ROUNDBOOK_SITE", "") or next(iter(CSRF_TRUSTED_ORIGINS), "http://127.0.0.1:8000")).rstrip("/")

# Jobs: PostgreSQL holds them, the broker only wakes the workers (docs/decisions). Seconds unless said otherwise.
JOB_ATTEMPTS = env.int("ROUNDBOOK_JOB_ATTEMPTS", 5)
JOB_LEASE = env.float("ROUNDBOOK_JOB_LEASE", 120)
JOB_LONG_LIMIT = 3600  # for files that are imported; their jobs say all the while how far they are
JOB_RESEND = env.float("ROUNDBOOK_JOB_RESEND", 30)
JOB_BACKOFF = env.float("ROUNDBOOK_JOB_BACKOFF", 30)
JOB_WINDOW = env.int("ROUNDBOOK_JOB_WINDOW", 16)
RELAY_INTERVAL = env.float("ROUNDBOOK_RELAY_INTERVAL", 0.5)
FEED_TICK = env.float("ROUNDBOOK_FEED_TICK", 60)
# Megabytes of a file that is imported by the page; the command takes any.
IMPORT_MB = env.int("ROUNDBOOK_IMPORT_MB", 50, validate=validate.Range(min=1))
# Where reports may be put as files, one folder a person; empty where nobody may.
REPORT_FOLDER = env.str("ROUNDBOOK_REPORT_FOLDER", "")
ALERT_DAYS = env.int("ROUNDBOOK_ALERT_DAYS", 365, validate=validate.Range(min=0))  # 0 keeps everything
# Requests to the API in a minute: of one token, and of one address without a token; 0 is no limit.
API_TOKEN_LIMIT = env.int("ROUNDBOOK_API_TOKEN_LIMIT", 600, validate=validate.Range(min=0))
API_ADDRESS_LIMIT = env.int("ROUNDBOOK_API_ADDRESS_LIMIT", 120, validate=validate.Range(min=0))
# Hosts that may be fetched although they resolve to private addresses, "host:port" each. Empty on a public site.
FETCH_ALLOWED_HOSTS: list[str] = env.list("ROUNDBOOK_FETCH_ALLOWED_HOSTS", [])

CELERY_BROKER_URL = env.str("REDIS_URL", embedded.redis_url(DATA_DIR)) if IS_EMBEDDED else env.str("REDIS_URL")
CELERY_TASK_DEFAULT_QUEUE = env.str("ROUNDBOOK_QUEUE", "roundbook")
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # never loop: the lease sends again, and SQL counts the attempts
CELERY_TASK_ACKS_ON_FAILURE = CELERY_TASK_ACKS_ON_TIMEOUT = True
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 60, 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
# Kilobytes at most; the word lists of seven languages take half of it, and a worker replaced reads them again.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 700_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A half-open connection leaves a worker deaf for ever without these; see docs/decisions.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_VISIBILITY_TIMEOUT = 900
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_max": 0.5}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "fetch due feeds": {"task": "funding.tasks.fetch_due_feeds", "schedule": schedule(timedelta(seconds=FEED_TICK))},
    "send due digests": {
        "task": "funding.tasks.send_due_digests",
        "schedule": schedule(timedelta(seconds=FEED_TICK)),
    },
    "send due reports": {
        "task": "funding.tasks.send_due_reports",
        "schedule": schedule(timedelta(seconds=FEED_TICK)),
    },
    "delete old exports": {"task": "funding.tasks.delete_old_exports", "schedule": schedule(timedelta(hours=1))},
    # One job a day, whenever the first of these falls into it.
    "prune alerts": {"task": "funding.tasks.prune_alerts", "schedule": schedule(timedelta(hours=1))},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s", "datefmt": "%H:%M:%S"}},
    "filters": {"brief": {"()": "django.utils.log.CallbackFilter", "callback": "ext://config.logs.keep_brief"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["brief"]}},
    "root": {"handlers": ["console"], "level": env.str("ROUNDBOOK_LOG_LEVEL", "INFO")},
    "loggers": {"httpx": {"level": "WARNING"}, "trafilatura": {"level": "ERROR"}},
}
