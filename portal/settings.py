"""The project's settings; those that differ between installations come from the environment through `portal.env`."""

from portal import allowed_hosts, connections, content_policies, databases, env, listening, logs
from portal.env import BASE_DIR
from portal.sign_in_settings import *  # noqa: F403
from portal.wagtail_settings import *  # noqa: F403 - the settings of a Django project are one module

# The installation

DEBUG = env.flag("DEBUG", False, "Development mode: error pages with details, source files without hashes.")
SECRET_KEY = env.secret(
    "SECRET_KEY",
    "Signs sessions and links; a long random text, kept secret.",
    development="only-for-development-" * 3 if DEBUG else None,
)
SECRET_KEY_FALLBACKS = env.secrets("SECRET_KEY_FALLBACKS", "Former keys, whose sessions are still valid.")
LASTING_KEY = env.optional_secret(
    "LASTING_KEY",
    "Signs the links in emails and hashes addresses: never change it. Empty: SECRET_KEY.",
    default=SECRET_KEY,
)
HTTPS = env.flag("HTTPS", True, "Readers use https: secure cookies, HSTS, redirects. Off with DEBUG.") and not DEBUG
DATA_DIR = env.folder("DATA_DIR", "var", "Where the embedded database and uploaded files are stored.")
ALLOWED_HOSTS = allowed_hosts.read()
LISTENING = listening.read()
ADMIN_BASE_URL = env.text("ADMIN_BASE_URL", "http://localhost:8000", "The newsroom's address, for links in emails.")
DEMO = env.flag("DEMO", DEBUG, "Installs the demo network as well; `make demo` and `make bench` set it.")
TRUSTED_PROXY = env.flag(
    "TRUSTED_PROXY",
    False,
    "Trust X-Forwarded-Proto and X-Forwarded-For, which a proxy in front sets; never without one.",
)
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 1, "The number of proxies in a row; each appends to X-Forwarded-For.")

INSTALLED_APPS = [
    *(["portal.demo"] if DEMO else []),
    "portal.backups",
    "portal.sites.transfer",
    "portal.sites",
    "home",
    "portal.newsletter",
    "portal.moving",
    "portal.readership",
    "articles",
    "events",
    # This comes after the apps that it indexes, because its receivers read the rows that theirs write when a page is
    # published.
    "search",
    "portal.sheets",
    "portal.webhooks",
    "portal.links",
    "portal.overrides",
    "portal.editorial",
    "portal.audit",
    "portal.content",
    "portal.media",
    "portal.accounts",
    "wagtail_localize",
    # This is not wagtail_localize.locales, whose "sync from" would copy every page of every site (docs/decisions.md).
    "wagtail.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "portal.editorial.accounts.users_config.NewsroomUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks_db",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "allauth.socialaccount",
    "allauth.usersessions",
    "allauth.mfa",
    "allauth.account",
    "allauth",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    # This is for its translations, which Wagtail uses for hours.
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "portal.platform.operation.log_lines.RequestId",
    "portal.platform.operation.traces.RequestTraces",
    "portal.content.serving.headers.HeadWithoutBody",
    "portal.platform.caching.http_caching.HttpCaching",
    "portal.platform.measuring.requests.RequestKind",
    "portal.content.serving.headers.PageHeaders",
    "django.middleware.security.SecurityMiddleware",
    "portal.platform.operation.static_files.StaticFiles",
    "portal.platform.status.probes.Probes",
    "portal.platform.operation.replica.ReadersReplica",
    # This comes before the next one, which refuses unknown hosts.
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "portal.content.serving.middleware.KnownSite",
    "portal.content.serving.middleware.ContentPolicy",
    "portal.content.readers.read_only.ReadOnly",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.content.serving.middleware.PageLanguage",
    "portal.content.serving.middleware.ClosedSite",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.content.serving.middleware.Moved",
    "portal.overrides.requests.own_language.OwnLanguage",
    "portal.editorial.sign_in.factors.middleware.SecondFactor",
    "portal.editorial.sign_in.sessions.middleware.LastSeen",
    "portal.editorial.sign_in.sessions.middleware.FreshProof",
    "portal.overrides.requests.malformed.MalformedRequests",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.content.serving.context.edition",
                "search.context.search_box",
            ],
            "builtins": ["portal.content.templatetags.portal"],
        },
    }
]

# Data

DATABASES = {
    "default": env.database(
        "DATABASE_URL", DATA_DIR / "portal.sqlite3", "The database: SQLite (embedded) or postgres://…"
    )
}
DATABASES["default"] = databases.for_this_process(DATABASES["default"])
DATABASES["default"]["CONN_MAX_AGE"] = env.number(
    "DATABASE_CONN_MAX_AGE", 300, "Seconds for which a connection is reused."
)
# A connection that broke while idle is replaced instead of failing a request.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASE_STATEMENT_SECONDS = env.number(
    "DATABASE_STATEMENT_SECONDS", 30, "Seconds after which a web request’s query is cancelled on PostgreSQL; 0: never."
)
DATABASES["default"]["OPTIONS"] = databases.options(DATABASES["default"])
DATABASES |= databases.replicas(
    DATABASES["default"],
    env.second_database("DATABASE_REPLICA_URL", "A streaming replica for readers: postgres://…; empty: none."),
)
DATABASE_ROUTERS = ["portal.platform.operation.replica.Router"] if len(DATABASES) > 1 else []
if DATABASES["default"]["ENGINE"] == databases.SQLITE:
    # SQLite creates its file, but not the folder.
    DATA_DIR.mkdir(parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = connections.caches(
    env.cache("CACHE_URL", "locmem://portal", "The cache shared by the workers: redis://… in production.")
)
OBJECT_STORAGE = env.object_storage(
    "STORAGE_URL", "Where uploaded files are stored: s3://key:secret@bucket?endpoint=https://…; empty: in DATA_DIR."
)
STORAGES = connections.storages(OBJECT_STORAGE, hashed=not DEBUG)
SENDFILE_HEADER = env.choice(
    "SENDFILE_HEADER",
    "none",
    ["none", "X-Accel-Redirect", "X-Sendfile"],
    "The header that tells the proxy to send a file itself",
)
PAGE_CACHE = env.flag("PAGE_CACHE", not DEBUG, "Workers cache responses until the content changes or they expire.")
PAGE_CACHE_MB = env.number("PAGE_CACHE_MB", 48, "Megabytes of memory for cached responses in each worker.")
SHARED_CACHE_SECONDS = env.number(
    "SHARED_CACHE_SECONDS", 0, "Seconds for which a shared cache may serve a response without revalidation; 0: never."
)
SHARED_CACHE_PURGE = env.shared_cache(
    "SHARED_CACHE_PURGE", "How to purge shared caches, such as varnish://127.0.0.1:6081."
)
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# The manual uses the pictures of the documentation.
STATICFILES_DIRS = [BASE_DIR / "portal" / "static", ("manual", BASE_DIR / "docs" / "screenshots")]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.content.serving.styles.StyleSheetFinder",
]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Only the newsroom serves files by name; the readers' URLs check that a picture or document is public.
MEDIA_URL = "/admin/files/"
MEDIA_ROOT = DATA_DIR / "media"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
# This is the same as the umask of the services. A proxy that sends uploaded files needs an ACL (deploy/nginx.conf) or
# the group.
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o640, 0o750

# Backups

BACKUP_DIR = env.place(
    "BACKUP_DIR",
    str(DATA_DIR / "backups"),
    "Where restic writes backups: a folder; with BACKUP_PASSWORD also s3://… or sftp:….",
    "backups in DATA_DIR",
)
BACKUP_PASSWORD = env.optional_secret(
    "BACKUP_PASSWORD", "Encrypts backups; empty: anybody who can read the folder can read them.", default=""
)
BACKUP_KEEP = {
    "daily": env.number("BACKUP_KEEP_DAYS", 7, "The number of daily backups to keep."),
    "weekly": env.number("BACKUP_KEEP_WEEKS", 5, "The number of weekly backups to keep."),
    "monthly": env.number("BACKUP_KEEP_MONTHS", 12, "The number of monthly backups to keep."),
}
BACKUP_HOURS = env.number(
    "BACKUP_HOURS", 26, "Hours without a backup after which the status warns; 0: never (other means make backups)."
)

# Sites as files

EXPORT_RECIPIENT = env.text(
    "EXPORT_RECIPIENT", "", "The public key (age1…) for encrypting exports of sites; empty: they are not encrypted."
)
EXPORT_IDENTITY = env.text("EXPORT_IDENTITY", "", "The file with the secret key, for import_site to decrypt exports.")

# People

SIGN_IN_PROVIDERS = env.tables(
    "SIGN_IN_PROVIDERS", "A TOML file with identity providers (OpenID Connect, SAML): docs/administrators.md."
)

# Languages and time

WAGTAIL_CONTENT_LANGUAGES = env.languages(
    "LANGUAGES", ["fr", "de", "en"], "The languages of pages. English is added if neither fr nor de is among them."
)
WAGTAILADMIN_PERMITTED_LANGUAGES = env.named_languages(["fr", "de", "en"])
LANGUAGES = list(dict(WAGTAIL_CONTENT_LANGUAGES + WAGTAILADMIN_PERMITTED_LANGUAGES).items())
# A string without a translation is shown in the first page language that is also a newsroom language.
LANGUAGE_CODE = next(
    code for code, _name in WAGTAIL_CONTENT_LANGUAGES if code in dict(WAGTAILADMIN_PERMITTED_LANGUAGES)
)
TRANSLATIONS = env.text(
    "TRANSLATIONS", "", "A folder with additional translations, as <language>/LC_MESSAGES/django.mo; empty: none."
)
# Our second folder replaces some of Wagtail's own strings, in English, too.
LOCALE_PATHS = [
    *([TRANSLATIONS] if TRANSLATIONS else []),
    BASE_DIR / "portal" / "locale",
    BASE_DIR / "portal" / "wagtail_words",
]
USE_I18N = WAGTAIL_I18N_ENABLED = USE_TZ = True
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = env.time_zone("TIME_ZONE", "Europe/Paris", "The time zone of the newsroom and of new events.")

# Mail

MAILERS = connections.mailers(
    env.email("EMAIL_URL", "console:", "How mail is sent: submission://user:password@host:587, console: prints it.")
)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "portal@localhost", "The sender of the portal's emails.")

# The newsroom

REVIEW_REMINDER_DAYS = env.number("REVIEW_REMINDER_DAYS", 3, "Days between reminders to the reviewers of a page.")
TRASH_DAYS = env.number("TRASH_DAYS", 60, "Days, 1 or more, before what is in the trash is deleted for ever.", least=1)
INVITATION_DAYS = env.number("INVITATION_DAYS", 7, "Days for which an invitation to the newsroom is valid.")
TIED_ACCOUNTS_DAYS = env.number(
    "TIED_ACCOUNTS_DAYS",
    30,
    "Days, 1 or more, for which an account and whoever created or changed it cannot approve each other’s texts.",
    least=1,
)

# Newsletters

NEWSLETTER_FROM_EMAIL = env.text("NEWSLETTER_FROM_EMAIL", "", "The sender of newsletters; empty: DEFAULT_FROM_EMAIL.")
NEWSLETTER_BOUNCE_ADDRESS = env.text(
    "NEWSLETTER_BOUNCE_ADDRESS", "", "The mailbox for undelivered newsletters, with plus addressing (name+anything@)."
)
NEWSLETTER_BOUNCE_MAILBOX = env.mailbox(
    "NEWSLETTER_BOUNCE_MAILBOX", "That mailbox on a server, as imaps://user:password@host/INBOX?done=Read."
)
NEWSLETTER_BOUNCES = env.number("NEWSLETTER_BOUNCES", 3, "Hard bounces after which an address is suppressed.")
NEWSLETTER_RATE = env.number("NEWSLETTER_RATE", 20, "Newsletters handed to the mail server per second; 0: no limit.")
NEWSLETTER_CONNECTIONS = env.number("NEWSLETTER_CONNECTIONS", 5, "Concurrent connections to the server, at most 5.")
NEWSLETTER_MAIL_BACKEND = env.text(
    "NEWSLETTER_MAIL_BACKEND", "", "Another backend for newsletters, such as anymail.backends.brevo.EmailBackend."
)
NEWSLETTER_MAIL_OPTIONS = env.options("NEWSLETTER_MAIL_OPTIONS", "Options of the backend, such as api_key=…,domain=…")
NEWSLETTER_WEBHOOK_SECRET = env.text(
    "NEWSLETTER_WEBHOOK_SECRET", "", "user:password with which the provider reports bounces and complaints."
)
ANYMAIL = {"WEBHOOK_SECRET": NEWSLETTER_WEBHOOK_SECRET}
if NEWSLETTER_MAIL_BACKEND:
    MAILERS["newsletter"] = {"BACKEND": NEWSLETTER_MAIL_BACKEND, "OPTIONS": NEWSLETTER_MAIL_OPTIONS}

# Security

CSP_REPORTS = env.text("CSP_REPORTS", "", "Where browsers report violations of the policy (CSP); empty: nowhere.")
SECURE_CSP = content_policies.for_readers(CSP_REPORTS)
ADMIN_CSP = content_policies.for_newsroom(SECURE_CSP)
PREVIEW_CSP = content_policies.for_previews(SECURE_CSP)
ANALYTICS = env.services(
    "ANALYTICS", ["matomo", "plausible"], "Services for audience measurement that sites may use: matomo=https://…"
)
# The admin shows previews in a frame; the content security policy of public pages forbids every frame.
X_FRAME_OPTIONS = "SAMEORIGIN"
# Two of these checks demand HSTS for hosts that are not the portal's own.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W019", "security.W021"]
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_SSL_REDIRECT = HTTPS
# Monitors and proxies on the same machine send requests without https.
SECURE_REDIRECT_EXEMPT = [r"^-/(live|ready|metrics|version|host)$"]
HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000, "Seconds for which browsers remember to use https (HSTS).")
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
# Both also affect hosts that other people run, and are hard to undo.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag(
    "HSTS_SUBDOMAINS", False, "HSTS includes hosts below the sites’ hosts (includeSubDomains)."
)
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD", False, "Browsers may preload HSTS (hstspreload.org).")
HOST_CHECKS = env.flag("HOST_CHECKS", True, "Check the DNS and certificates of all hosts daily.") and HTTPS and not DEMO
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# With this prefix, browsers accept these cookies only from this host and only over https.
HOST_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{HOST_PREFIX}sessionid", f"{HOST_PREFIX}csrftoken"
# The browsers in which an account has signed in: portal/editorial/sign_in/attempts.py.
DEVICE_COOKIE_NAME = f"{HOST_PREFIX}known_device"
MFA_TRUST_COOKIE_NAME = f"{HOST_PREFIX}trusted_browser"
CSRF_FAILURE_VIEW = "portal.overrides.requests.expired.form_expired"
if TRUSTED_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SEARCH_QUERIES_DAYS = env.number("SEARCH_QUERIES_DAYS", 400, "Days for which readers’ queries are stored; 0: for ever.")
MEANING = env.flag("MEANING", False, "Semantic search finds texts by meaning, too (--extra meaning).")
READERSHIP_MONTHS = env.number("READERSHIP_MONTHS", 25, "Months for which page view totals are stored; 0: for ever.")
LOG_ENTRIES_DAYS = env.number("LOG_ENTRIES_DAYS", 0, "Days for which Wagtail’s log entries are stored; 0: for ever.")
AUDIT_DAYS = env.number("AUDIT_DAYS", 400, "Days, 90 or more, for which audit log entries are stored; 0: for ever.")
AUDIT_TARGET = env.audit_target("AUDIT_TARGET", "Where audit entries are also sent: syslog:host:port or file:/path.")
AUDIT_MAIL = env.text("AUDIT_MAIL", "", "Who gets a daily mail with the head of the audit log; empty: nobody.")
CALENDAR_HOSTS = env.words("CALENDAR_HOSTS", [], "Internal hosts (with a port) whose calendars may be imported.")
WEBHOOK_HOSTS = env.words("WEBHOOK_HOSTS", [], "Internal hosts (with a port) that sites may send webhooks to.")
FORMS_AN_HOUR = env.number("FORMS_AN_HOUR", 600, "Forms per hour and site before one takes readers a little longer.")
UPLOAD_SCANNER = env.implementation("UPLOAD_SCANNER", "What scans readers' files; empty: none are accepted.")
CLAMD_ADDRESS = env.text("CLAMD_ADDRESS", "127.0.0.1:3310", "Where clamd listens: host:port, or its socket's path.")
# security.txt (RFC 9116)
SECURITY_CONTACT = env.words(
    "SECURITY_CONTACT", [], "Where to report a vulnerability: e-mail addresses or URLs; empty: no security.txt."
)
SECURITY_POLICY = env.text("SECURITY_POLICY", "", "The URL of the policy for vulnerability reports.")
SECURITY_ENCRYPTION = env.text("SECURITY_ENCRYPTION", "", "The URL of a key for encrypting vulnerability reports.")
SECURITY_EXPIRES = env.day(
    "SECURITY_EXPIRES", "The day after which security.txt is stale, such as 2027-06-30; empty: in half a year."
)

API_REQUESTS_A_MINUTE = env.number("API_REQUESTS_A_MINUTE", 120, "Requests per minute per client to the public API.")

# The IndexNow endpoint for sites that announce their pages; it shares the URLs with all search engines of indexnow.org.
INDEXNOW_ADDRESS = "https://api.indexnow.org/indexnow"

# Wagtail

WAGTAIL_SITE_NAME = env.text(
    "NEWSROOM_NAME", "Portal", "The network’s name on the sign-in page, and in the newsroom’s menu and titles."
)
WAGTAILADMIN_BASE_URL = ADMIN_BASE_URL
# Machine translation sends text to a third party, so it is off by default.
MACHINE_TRANSLATOR = env.implementation(
    "MACHINE_TRANSLATOR", "The machine translator, such as wagtail_localize.machine_translators.deepl.DeepLTranslator"
)
MACHINE_TRANSLATOR_OPTIONS = env.options("MACHINE_TRANSLATOR_OPTIONS", "Options of the translator, such as AUTH_KEY=…")
if MACHINE_TRANSLATOR:
    WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {"CLASS": MACHINE_TRANSLATOR, "OPTIONS": MACHINE_TRANSLATOR_OPTIONS}

LOG_LEVEL = env.choice("LOG_LEVEL", "WARNING", ["DEBUG", "INFO", "WARNING", "ERROR"], "The lowest level that is logged")
LOGGING = logs.configuration(LOG_LEVEL, logs.read().form)
SENTRY_DSN = env.text("SENTRY_DSN", "", "Where errors are reported (Sentry), without personal data; empty: nowhere.")
TRACES = env.text("OTEL_EXPORTER_OTLP_ENDPOINT", "", "The OTLP endpoint for traces (HTTP); empty: none.")
METRICS_TOKEN = env.text("METRICS_TOKEN", "", "The token for /-/metrics; empty: only this machine may read them.")
