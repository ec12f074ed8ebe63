"""Environment variables are parsed strictly: an invalid one is named and prevents the start."""

import os
import runpy
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.env import BASE_DIR, VARIABLES
from portal.platform.operation.misspelt import check_names, misspelt

PRODUCTION = {"SECRET_KEY": "k" * 40}


@pytest.fixture
def read_settings(monkeypatch):
    """Loads the settings in an environment with these variables and no others of ours."""

    def read(**environment: str) -> dict:
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in {**PRODUCTION, **environment}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(BASE_DIR / "portal" / "settings.py"))

    return read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("MACHINE_TRANSLATOR", "no.such.Machine"),
        ("DEBUG", ""),
        ("HTTPS", "2x"),
        ("TRUSTED_PROXY", "maybe"),
        ("DATABASE_CONN_MAX_AGE", "soon"),
        ("DATABASE_CONN_MAX_AGE", "-1"),
        ("HSTS_SECONDS", "1.5"),
        ("LOG_LEVEL", "LOUD"),
        ("SECURITY_EXPIRES", "next summer"),
        ("TIME_ZONE", "Europe/Atlantis"),
        ("PORT", "abc"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("WEB_WORKERS", "0"),
        ("WEB_THREADS", "0"),
        ("TIED_ACCOUNTS_DAYS", "0"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", " , "),
        ("DATABASE_URL", "mysql://host/portal"),
        ("DATABASE_URL", "pigeon://loft"),
        ("DATABASE_URL", "portal.sqlite3"),
        ("DATABASE_URL", "postgres://host:door/portal"),
        ("CACHE_URL", "pigeon://loft"),
        ("CACHE_URL", "redis://host:door/0"),
        ("EMAIL_URL", "pigeon://loft"),
        ("EMAIL_URL", ""),
        ("EMAIL_URL", "smtp://host:door"),
        ("SENDFILE_HEADER", "X-Magic"),
        ("AUDIT_TARGET", "pigeon:loft"),
        ("AUDIT_TARGET", "file:audit.jsonl"),
        ("AUDIT_TARGET", "syslog:host"),
        ("AUDIT_TARGET", "syslog:host:door"),
        ("NEWSLETTER_BOUNCE_MAILBOX", "imap://user:word@host/INBOX"),
        ("NEWSLETTER_BOUNCE_MAILBOX", "imaps://host/INBOX"),
        ("NEWSLETTER_BOUNCE_MAILBOX", "imaps://a%20user:word@host/INBOX"),
        ("NEWSLETTER_BOUNCE_MAILBOX", "imaps://user:word@host:door/INBOX"),
        ("NEWSLETTER_BOUNCE_MAILBOX", "imaps://user:word@host/INBOX?done=INBOX"),
        ("NEWSLETTER_BOUNCE_MAILBOX", "imaps://user:word@host/INBOX?colour=blue"),
        ("STORAGE_URL", "ftp://bucket"),
        ("STORAGE_URL", "s3://"),
        ("STORAGE_URL", "s3://key@bucket"),
        ("STORAGE_URL", "s3://bucket?endpoint=storage.example.org"),
        ("STORAGE_URL", "s3://bucket?colour=blue"),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "too-short"),
        ("LASTING_KEY", "short"),
    ],
)
def test_wrong_value_names_its_variable(read_settings, name, value):
    with pytest.raises(ImproperlyConfigured, match=name):
        read_settings(**{name: value})


def test_mailbox_for_bounces_has_its_parts(read_settings):
    found = read_settings(
        NEWSLETTER_BOUNCE_MAILBOX="imaps://news%40portal.example:p%2Fw@mail.example/Returns?done=Read"
    )

    mailbox = found["NEWSLETTER_BOUNCE_MAILBOX"]
    assert (mailbox.host, mailbox.port, mailbox.user, mailbox.password) == (
        "mail.example", 993, "news@portal.example", "p/w",
    )  # fmt: skip
    assert (mailbox.folder, mailbox.done) == ("Returns", "Read")
    assert "p/w" not in repr(mailbox)


def test_production_does_not_start_without_a_secret_key():
    environment = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"} | {"DEBUG": "no"}

    start = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=BASE_DIR, env=environment, capture_output=True, text=True
    )

    assert start.returncode != 0
    assert "SECRET_KEY is not set" in start.stderr


def test_development_needs_no_secret_key(read_settings):
    assert read_settings(DEBUG="yes", SECRET_KEY=PRODUCTION["SECRET_KEY"])["DEBUG"] is True
    assert len(read_settings(DEBUG="yes")["SECRET_KEY"]) >= 32


def test_defaults_suit_production(read_settings):
    settings = read_settings()

    assert settings["DEBUG"] is False
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SECURE_HSTS_SECONDS"] > 0
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["CSRF_COOKIE_SECURE"] is True
    assert settings["STORAGES"]["staticfiles"]["BACKEND"] == "whitenoise.storage.CompressedManifestStaticFilesStorage"


def test_without_https_cookies_and_redirects_allow_http(read_settings):
    settings = read_settings(HTTPS="no")

    assert settings["SECURE_SSL_REDIRECT"] is False
    assert settings["SECURE_HSTS_SECONDS"] == 0
    assert settings["SESSION_COOKIE_SECURE"] is False


def test_proxy_headers_need_trust(read_settings):
    assert "SECURE_PROXY_SSL_HEADER" not in read_settings()
    assert read_settings(TRUSTED_PROXY="yes")["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_embedded_database_is_sqlite_in_the_data_folder(read_settings, tmp_path):
    database = read_settings(DATA_DIR=str(tmp_path))["DATABASES"]["default"]

    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(tmp_path / "portal.sqlite3")


def test_database_address_switches_to_postgresql(read_settings):
    database = read_settings(DATABASE_URL="postgres://paul:secret@db.internal:5433/news")["DATABASES"]["default"]

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.internal", 5433, "news")
    assert (database["USER"], database["PASSWORD"]) == ("paul", "secret")
    assert "transaction_mode" not in database.get("OPTIONS", {})


def test_cache_address_switches_to_redis(read_settings):
    caches = read_settings(CACHE_URL="redis://cache.internal:6379/2")["CACHES"]
    assert {caches[name]["BACKEND"] for name in ("default", "limits")} == {
        "portal.platform.operation.cache.ForgivingRedisCache"
    }
    assert read_settings()["CACHES"]["default"]["BACKEND"].endswith("LocMemCache")


def test_mail_goes_to_the_configured_server(read_settings):
    mailer = read_settings(EMAIL_URL="submission://paul:secret@mail.internal:587")["MAILERS"]["default"]

    assert mailer["BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert mailer["OPTIONS"]["host"] == "mail.internal"
    assert mailer["OPTIONS"]["use_tls"] is True
    # Notifications are sent within the request, and an unresponsive mail server must not block it forever.
    assert mailer["OPTIONS"]["timeout"] <= 30


@pytest.mark.parametrize("name", ["SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"])
def test_hsts_excludes_subdomains_by_default(read_settings, name):
    assert not read_settings()[name]


def test_lasting_key_defaults_to_the_secret_key(read_settings):
    assert read_settings()["LASTING_KEY"] == PRODUCTION["SECRET_KEY"]
    assert read_settings(LASTING_KEY="l" * 40)["LASTING_KEY"] == "l" * 40


def test_former_keys_are_read(read_settings):
    assert read_settings(SECRET_KEY_FALLBACKS="one,two")["SECRET_KEY_FALLBACKS"] == ["one", "two"]


def test_storage_url_configures_an_object_storage(read_settings):
    found = read_settings(
        STORAGE_URL="s3://key:a%2Fsecret@bucket/portal?endpoint=https://storage.example.org&region=gra"
    )

    assert found["STORAGES"]["default"] == {
        "BACKEND": "portal.media.object_storage.ObjectStorage",
        "OPTIONS": {
            "bucket_name": "bucket",
            "location": "portal",
            "access_key": "key",
            "secret_key": "a/secret",
            "endpoint_url": "https://storage.example.org",
            "region_name": "gra",
        },
    }


def test_wrong_address_of_an_object_storage_shows_no_secret(read_settings):
    with pytest.raises(ImproperlyConfigured) as raised:
        read_settings(STORAGE_URL="s3://key:hidden@bucket?colour=blue")

    assert "hidden" not in str(raised.value)


def test_misspelt_variable_is_detected_and_others_are_ignored():
    others = ["AWS_ACCESS_KEY_ID", "PORTAL_HOSTS", "POSTGRES_PASSWORD", "EXTRAS", "WEB_WORKERS", "HOST", "PORT"]

    assert dict(misspelt(["BACKUP_DIRR", "SECRET_KEY", *others])) == {"BACKUP_DIRR": "BACKUP_DIR"}
    assert dict(misspelt(["WEB_WORKRES"])) == {"WEB_WORKRES": "WEB_WORKERS"}
    assert not dict(misspelt(VARIABLES))


def test_check_warns_of_a_misspelt_name_in_the_file(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("# BACKUP_DIRR=/comment\nexport BACKUP_HOUR=26\nDEBUG=no\n")
    monkeypatch.setattr("portal.platform.operation.misspelt.BASE_DIR", tmp_path)

    assert [(each.msg, each.hint) for each in check_names()] == [
        (".env sets BACKUP_HOUR, which nothing reads.", "BACKUP_HOURS is a setting.")
    ]
