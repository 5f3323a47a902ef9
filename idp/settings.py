"""Django settings. Everything that differs between installations comes from the environment."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from consent.approvals.notices.reach import UNLIMITED, reach_from
from foundation.base import env, env_outgoing
from foundation.base.conf import DEVELOPMENT_SECRET, Conf
from foundation.base.keyed import Ring
from foundation.base.logs.setup import LEVELS, logging_config
from foundation.directory.passwords.at_once import sensible
from idp.settings_allauth import *  # noqa: F403
from idp.settings_database import databases
from idp.settings_unfold import UNFOLD  # noqa: F401 - read by unfold

BASE_DIR = Path(__file__).resolve().parent.parent

# development | production. Everything insecure is refused in production, see checks.py.
ENVIRONMENT = env.choice("SCOPEWARD_ENV", "development", among=("development", "production"))
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.flag("DEBUG", default=False)

DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var", make=not PRODUCTION)
_secret_key = env.ring("SECRET_KEY", None if PRODUCTION else Ring(DEVELOPMENT_SECRET.encode()))
SECRET_KEY = _secret_key.current.decode()
SECRET_KEY_FALLBACKS = [secret.decode() for secret in _secret_key.older]
PORT = env.number("PORT", 8000, least=1, most=65535)
ISSUER = env.issuer("ISSUER", None if PRODUCTION else f"http://localhost:{PORT}")

SCOPEWARD = Conf(
    issuer=ISSUER,
    pepper=env.ring("TOKEN_PEPPER", _secret_key),
    key_encryption_secret=env.ring("KEY_ENCRYPTION_SECRET", _secret_key),
    production=PRODUCTION,
    rate_limits=env.flag("RATE_LIMITS", default=True),
    require_pushed_authorization_requests=env.flag(
        "REQUIRE_PUSHED_AUTHORIZATION_REQUESTS", default=False
    ),
    enrol_on_the_way=env.flag("ENROL_ON_THE_WAY", default=True),
    replay_leeway=env.number("REPLAY_LEEWAY", 0, most=60),
    refresh_grace=env.number("REFRESH_GRACE", 10, most=60),
    web_processes=env.number("GRANIAN_WORKERS", 1, least=1, most=1000),
    replica_lag=env.number("DATABASE_REPLICA_LAG", 5, least=1, most=60),
    machine_threads=env.number("MACHINE_THREADS", 4, least=1, most=64),
    page_threads=(_threads := env.number("PAGE_THREADS", 4, least=1, most=64)),
    password_memory=(_memory := env.number("PASSWORD_MEMORY", 19, least=1, most=4096)),
    password_passes=env.number("PASSWORD_PASSES", 2, least=1, most=50),
    password_hashes_at_once=env.number(
        "PASSWORD_HASHES_AT_ONCE", sensible(_memory, _threads), least=1, most=64
    ),
    password_length=env.number("PASSWORD_LENGTH", 15, least=8, most=64),
    breached_passwords=env.text("BREACHED_PASSWORDS", ""),
    session_idle=60 * env.number("SESSION_IDLE_MINUTES", 14 * 1440, least=5, most=365 * 1440),
    session_longest=60 * env.number("SESSION_MINUTES", 30 * 1440, least=5, most=365 * 1440),
    staff_session_idle=60 * env.number("STAFF_SESSION_IDLE_MINUTES", 60, least=5, most=1440),
    staff_session_longest=60 * env.number("STAFF_SESSION_MINUTES", 720, least=5, most=10080),
    remember_device_days=env.number("REMEMBER_DEVICE_DAYS", 0, most=90),
    reset_delay=3600 * env.number("RESET_DELAY_HOURS", 24, least=1, most=720),
    opa_long_polls=env.number("OPA_LONG_POLLS", 16, most=1000),
    decision_log_permits=env.number("DECISION_LOG_PERMITS", 10, most=1_000_000),
    decision_log_retention=86400 * env.number("DECISION_LOG_DAYS", 90, least=1, most=36_500),
)
REACH = reach_from(env.number) if SCOPEWARD.rate_limits else UNLIMITED
# The history of consent: who has this secret can write and link acts.
HISTORY_SECRET = env.ring("HISTORY_SECRET", SCOPEWARD.key_encryption_secret)
HISTORY_HEADS_DIR = env.text("HISTORY_HEADS_DIR", str(DATA_DIR / "history-heads"))
# Where the row that was linked last is remembered, outside the database.
HISTORY_MEMORY = env.text("REDIS_URL", str(DATA_DIR / "history-last"))

ALLOWED_HOSTS = env.word_list("ALLOWED_HOSTS", SCOPEWARD.host)
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", "testserver"]

INSTALLED_APPS = [
    "console.apps.ConsoleConfig",
    "idp.apps.IdpConfig",
    "consent.apps.ConsentConfig",
    "consent.approvals.apps.ApprovalsConfig",
    "policy.apps.PolicyConfig",
    "claims.apps.ClaimsConfig",
    "claims.catalogue.apps.CatalogueConfig",
    "foundation.journal.apps.JournalConfig",
    "foundation.directory.apps.DirectoryConfig",
    "foundation.directory.factors.apps.FactorsConfig",
    "foundation.directory.sources.apps.SourcesConfig",
    "foundation.directory.upstream.apps.UpstreamConfig",
    "foundation.base.apps.BaseConfig",
    "unfold.apps.BasicAppConfig",
    "console.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "oauth2_provider",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "template_partials",
]

MIDDLEWARE = [
    "idp.web.middleware.RequestId",
    "idp.web.middleware.OneConfiguration",
    "idp.web.middleware.FormsInUtf8",
    "django.middleware.security.SecurityMiddleware",
    "idp.web.pages.content_security.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "idp.accounts.browser_sessions.store.Sessions",
    "idp.web.middleware.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "idp.web.middleware.StorableText",
    "idp.accounts.authorship.PersonalChanges",
    "idp.accounts.browser_sessions.middleware.WatchedSessions",
    "idp.accounts.enforcing.middleware.EnforcedFactors",
]

ACCESS_LOG = env.flag("ACCESS_LOG", default=True)
if ACCESS_LOG:
    MIDDLEWARE.insert(1, "idp.web.access_log.AccessLog")

ROOT_URLCONF = "idp.urls"
WSGI_APPLICATION = "idp.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_own, _of_apps = (f"console.common.lean_templates.{each}" for each in ("Project", "Apps"))
_cached = ("django.template.loaders.cached.Loader", [_own, _of_apps])
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # `template_partials` keeps loaders that begin with its own, and replaces all others.
            "loaders": [("template_partials.loader.Loader", [_cached])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "foundation.base.texts.form_tokens.csrf_token",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# --- storage ------------------------------------------------------------------------------------

DATABASES = databases(DATA_DIR)
SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if "replica" in DATABASES:
    DATABASE_ROUTERS = ["foundation.base.replica.reading.Router"]
    MIDDLEWARE.insert(
        MIDDLEWARE.index("idp.web.middleware.Languages"), "idp.web.own_writes.OwnWrites"
    )

REDIS_URL = env.redis("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "scopeward",
        # Of the entries before, which were pickles, none is read.
        "VERSION": 2,
        "OPTIONS": {
            "serializer": "idp.json_cache.JSONSerializer",
            "socket_connect_timeout": 1,
            "socket_timeout": 1,
        },
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
MESSAGE_STORAGE = "idp.web.middleware.Messages"
SESSION_ENGINE = "idp.accounts.browser_sessions.store"

# Entries outlive the tokens they are about, also where a guard's clock is a minute behind.
DENY_LIST_LIFETIME = SCOPEWARD.access_token_lifetime + 60
DENY_LIST_REDIS_URL = REDIS_URL

# --- background work ----------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
# Without Redis, messages are files that the embedded worker picks up.
QUEUE_DIR = DATA_DIR / "queue"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 2, "socket_timeout": 15, "health_check_interval": 10}
    if REDIS_URL
    else {
        "data_folder_in": str(QUEUE_DIR),
        "data_folder_out": str(QUEUE_DIR),
        "control_folder": str(QUEUE_DIR / "control"),
    }
)
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
# Tasks may run twice, so one that died with its worker is simply run again.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
# Where receivers of webhooks and pings may be besides the public internet (docs/operations.md).
OUTGOING = env_outgoing.reach(anywhere=not PRODUCTION)
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")

# --- people and sign-in -------------------------------------------------------------------------

AUTH_USER_MODEL = "directory.User"
NETWORK_LOCATOR = env.text("NETWORK_LOCATOR", "")  # docs/risk.md
AUTHENTICATION_BACKENDS = ["idp.accounts.auth_backend.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "account_login"

# --- cookies and browsers -----------------------------------------------------------------------

HTTPS = SCOPEWARD.issuer.startswith("https://")
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else f"session-{PORT}"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else f"csrf-{PORT}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = SCOPEWARD.session_idle
CSRF_FAILURE_VIEW = "idp.web.error_responses.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SCOPEWARD.issuer] if HTTPS else []
SECURE_SSL_REDIRECT = HTTPS and env.flag("HTTPS_REDIRECT", default=PRODUCTION)
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# One proxy in front that sets X-Forwarded-Proto and X-Forwarded-For itself.
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    MIDDLEWARE.insert(0, "idp.web.proxy.ClientAddress")
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Applications being developed on this machine have their logos there too.
        "img-src": [SELF, "data:", "https:", *([] if PRODUCTION else ["http://localhost:*"])],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # Pages on the way to a relying party add its redirect origin, see idp/form_action.py.
        "form-action": [SELF],
    },
}

# --- words --------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = "idp.formats"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Production serves what `collectstatic` gathered, development the files where they lie.
STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")) if PRODUCTION else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION

LOGGING_CONFIG = None
logging_config(
    as_json=env.choice("LOG_FORMAT", "json" if PRODUCTION else "text", among=("json", "text"))
    == "json",
    level=env.choice("LOG_LEVEL", "INFO", among=LEVELS),
)

# --- allauth (the rest is in settings_allauth) --------------------------------------------------

# Whoever knows an address may have it written to, three times an hour.
# Whoever comes back from a provider upstream has it asked for tokens.
_limits = {"reset_password": "20/m/ip,3/h/key", "upstream": "60/m/ip"}
ACCOUNT_RATE_LIMITS = _limits if SCOPEWARD.rate_limits else False
# Without a mail server, mail is written to files.
_mail = env.email("EMAIL_URL", env.mail_folder(DATA_DIR / "mail"))
EMAIL_BACKEND, EMAIL_FILE_PATH = _mail["EMAIL_BACKEND"], _mail["EMAIL_FILE_PATH"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.sender("DEFAULT_FROM_EMAIL", f"Scopeward <no-reply@{SCOPEWARD.host}>")

# --- django-oauth-toolkit -----------------------------------------------------------------------

OAUTH2_PROVIDER_APPLICATION_MODEL = "directory.Client"
OAUTH2_PROVIDER_GRANT_MODEL = "idp.AuthorizationCode"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "idp.AccessToken"  # noqa: S105
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "idp.RefreshToken"  # noqa: S105
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "idp.IDToken"  # noqa: S105
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "idp.DeviceGrant"
# All its models are swapped for ours: its migrations would make nothing, and take the longest.
MIGRATION_MODULES = {"oauth2_provider": None}
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "idp.engine.server.Server",
    "OAUTH2_VALIDATOR_CLASS": "idp.engine.validator.Validator",
    "OAUTH2_BACKEND_CLASS": "idp.engine.backend.Core",
    "CLIENT_SECRET_HASHER": "hmac_sha256",
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"] if PRODUCTION else ["https", "http"],
    # Read by `check --deploy` alone: each says of a rule of RFC 9700 that it is kept, by us.
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}
