"""Reads the environment variables: each has a name, a type, a default and a meaning, and is validated."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import available_timezones

import dj_database_url
import dj_email_url
import django_cache_url
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv
from environs import Env, EnvError

BASE_DIR = Path(__file__).resolve().parent.parent
FLAG = "yes or no"

# It sets the environment itself, for subprocesses and for libraries that read the environment, such as OpenTelemetry's
# and Amazon's. Variables that are already set take precedence.
load_dotenv(BASE_DIR / ".env")
_env = Env()


@dataclass(frozen=True)
class Variable:
    """One variable; `default` is None if production must set it."""

    name: str
    kind: str
    default: str | None
    meaning: str


VARIABLES: dict[str, Variable] = {}


def _read(reader: Callable[..., Any], kind: str, name: str, default: Any, meaning: str) -> Any:
    shown = ",".join(default) if isinstance(default, list) else ("no", "yes")[default] if kind == FLAG else str(default)
    VARIABLES[name] = Variable(name, kind, shown, meaning)
    try:
        return reader(name, default)
    except EnvError as error:
        raise ImproperlyConfigured(f"The environment variable {name} is not a valid {kind}: {error}") from error


def _read_address(
    parse: Callable[..., Any], reader: Callable[..., Any], name: str, default: str, meaning: str
) -> dict[str, Any]:
    """Read the URL of a service as Django settings, because environs does not parse defaults."""
    found = _read(reader, "address", name, default, meaning)
    return dict(parse(default) if found == default else found)


def flag(name: str, default: bool, meaning: str) -> bool:
    return _read(_env.bool, FLAG, name, default, meaning)


def text(name: str, default: str, meaning: str) -> str:
    return _read(_env.str, "text", name, default, meaning)


def choice(name: str, default: str, options: list[str], meaning: str) -> str:
    value = text(name, default, f"{meaning} ({', '.join(options)})")
    if value not in options:
        raise ImproperlyConfigured(
            f"The environment variable {name} is {value!r}; it must be one of: {', '.join(options)}"
        )
    return value


def number(name: str, default: int, meaning: str, *, least: int = 0, most: int | None = None) -> int:
    value = _read(_env.int, "whole number", name, default, meaning)
    if value < least or (most is not None and value > most):
        allowed = f"at least {least}" if most is None else f"from {least} to {most}"
        raise ImproperlyConfigured(f"The environment variable {name} is {value}; it must be {allowed}.")
    return value


# The settings that each protocol requires in a provider's table.
PROTOCOLS = {"openid_connect": {"client_id", "server_url"}, "saml": {"idp"}}


def tables(name: str, meaning: str) -> dict[str, dict[str, Any]]:
    """The tables of a TOML file, by name; each has the settings that django-allauth needs for a provider."""
    path = _read(_env.str, "file", name, "", meaning)
    try:
        found: dict[str, dict[str, Any]] = tomllib.loads(Path(path).read_text()) if path else {}
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ImproperlyConfigured(f"The file of the environment variable {name} cannot be read: {error}") from error
    for table, facts in found.items():
        facts = facts if isinstance(facts, dict) else {}
        if (protocol := facts.get("protocol", "openid_connect")) not in PROTOCOLS:
            raise ImproperlyConfigured(f"{name}: the protocol of [{table}] must be one of {', '.join(PROTOCOLS)}.")
        if missing := PROTOCOLS[protocol] - set(facts):
            raise ImproperlyConfigured(f"{name}: [{table}] needs {', '.join(sorted(missing))}.")
    return found


def day(name: str, meaning: str) -> date | None:
    """A day as YYYY-MM-DD, or None if unset."""
    value = _read(_env.str, "day", name, "", meaning)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise ImproperlyConfigured(
            f"The environment variable {name} is {value!r}; it must be a date such as 2027-06-30."
        ) from error


def time_zone(name: str, default: str, meaning: str) -> str:
    value = _read(_env.str, "time zone", name, default, meaning)
    if value not in available_timezones():
        raise ImproperlyConfigured(
            f"The environment variable {name} is {value!r}; it must be a time zone such as {default}."
        )
    return value


def languages(name: str, default: list[str], meaning: str) -> list[tuple[str, str]]:
    """At least one language code that Django supports, each with the language's own name."""
    found = words(name, default, meaning)
    unknown = [code for code in found if "name_local" not in LANG_INFO.get(code, {})]
    if unknown or not found:
        raise ImproperlyConfigured(
            f"The environment variable {name} is {','.join(found)!r}; it must be language codes such as fr,de,en."
        )
    return named_languages(found if {"fr", "de", "en"} & {*found} else [*found, "en"])


def named_languages(codes: list[str]) -> list[tuple[str, str]]:
    return [(code, LANG_INFO[code]["name_local"].capitalize()) for code in codes]


def hosts(name: str, default: list[str], meaning: str) -> list[str]:
    """Host names, at least one."""
    found = words(name, default, meaning)
    if not found:
        raise ImproperlyConfigured(f"The environment variable {name} is empty; it must name at least one host.")
    return found


def words(name: str, default: list[str], meaning: str) -> list[str]:
    return [word.strip() for word in _read(_env.list, "list", name, default, meaning) if word.strip()]


def services(name: str, kinds: list[str], meaning: str) -> dict[str, str]:
    """The kind of each service by its origin, from a list such as `matomo=https://stats.example.org`."""
    found = {}
    for word in words(name, [], f"{meaning} ({', '.join(kinds)})"):
        kind, _equals, origin = word.partition("=")
        address = urlsplit(origin)
        if kind not in kinds or address.scheme != "https" or not address.hostname or address.path.strip("/"):
            raise ImproperlyConfigured(
                f"The environment variable {name} contains {word!r}; it must be a list such as {kinds[0]}=https://host."
            )
        found[f"https://{address.netloc}"] = kind
    return found


def options(name: str, meaning: str) -> dict[str, str]:
    """Values by name, such as `api_key=…,domain=…`; empty by default."""
    found = _read(_env.dict, "name=value list", name, {}, meaning)
    VARIABLES[name] = replace(VARIABLES[name], default="")
    return dict(found)


def implementation(name: str, meaning: str) -> str:
    """A class's dotted name in an installed module, or an empty string."""
    value = text(name, "", meaning)
    module, _dot, _name = value.rpartition(".")
    try:
        is_there = not value or (bool(module) and find_spec(module) is not None)
    except ImportError:
        is_there = False
    if not is_there:
        raise ImproperlyConfigured(f"The environment variable {name} is {value!r}, which is not installed.")
    return value


def folder(name: str, default: str, meaning: str, shown: str = "") -> Path:
    """A folder; a relative path starts at the root of the project. `shown` stands for a long default."""
    found = (BASE_DIR / _read(_env.str, "path", name, default, meaning)).resolve()
    if shown:
        VARIABLES[name] = replace(VARIABLES[name], default=shown)
    return found


def secret(name: str, meaning: str, *, development: str | None) -> str:
    """A value that production must set.

    `development` is its default in development; without one, an unset or short value raises ImproperlyConfigured.
    """
    VARIABLES[name] = Variable(name, "secret", None, meaning)
    value = _env.str(name, development or "")
    if not value:
        raise ImproperlyConfigured(f"The environment variable {name} is not set. {meaning}")
    if development is None and len(value) < 32:
        raise ImproperlyConfigured(
            f"The environment variable {name} is too short: it must have at least 32 characters."
        )
    return value


def secrets(name: str, meaning: str) -> list[str]:
    """Any number of secrets, separated by commas."""
    return words(name, [], meaning)


def optional_secret(name: str, meaning: str, *, default: str) -> str:
    """A secret with a computed default; a short value raises ImproperlyConfigured."""
    value = _read(_env.str, "secret", name, "", meaning)
    if value and len(value) < 32:
        raise ImproperlyConfigured(
            f"The environment variable {name} is too short: it must have at least 32 characters."
        )
    return value or default


def database(name: str, embedded: Path, meaning: str) -> dict[str, Any]:
    """A database; by default the SQLite file `embedded`."""
    default = f"sqlite:///{embedded}"
    found = _read_address(dj_database_url.parse, _env.dj_db_url, name, default, meaning)
    VARIABLES[name] = replace(VARIABLES[name], default=f"the file {embedded.name} in DATA_DIR")
    return found


def second_database(name: str, meaning: str) -> dict[str, Any]:
    """Another way to the database, such as a replica; nothing by default."""
    is_set = bool(_read(_env.str, "address", name, "", meaning))
    return _read(_env.dj_db_url, "address", name, "", meaning) if is_set else {}


def cache(name: str, default: str, meaning: str) -> dict[str, Any]:
    return _read_address(django_cache_url.parse, _env.dj_cache_url, name, default, meaning)


def shared_cache(name: str, meaning: str) -> dict[str, str]:
    """The way to purge a cache in front: `kind`, `place`, and the `key` that it requires; empty by default.

    `varnish://host:port` (several, separated by commas), `fastly://key@service`, `cloudflare://key@zone`,
    `bunny://key@pullzone`, `cloudfront://distribution`, or the `http://` URL of a cache that supports PURGE.
    """
    value = _read(_env.str, "address", name, "", meaning)
    if not value:
        return {}
    kind, _colon, rest = value.partition("://")
    key, _at, place = rest.rpartition("@")
    kinds = {"varnish": False, "fastly": True, "cloudflare": True, "bunny": True, "cloudfront": False, "http": False}
    # The error does not contain the value, because the value contains a secret.
    if kind not in kinds or not place or bool(key) != kinds[kind]:
        raise ImproperlyConfigured(
            f"The environment variable {name} is not valid; it must be an address such as varnish://127.0.0.1:6081."
        )
    return {"kind": kind, "key": unquote(key), "place": place}


def audit_target(name: str, meaning: str) -> tuple[str, ...]:
    """`("syslog", host, port)` or `("file", path)`; empty by default."""
    value = _read(_env.str, "address", name, "", meaning)
    kind, _colon, rest = value.partition(":")
    host, _colon, port = rest.rpartition(":")
    if not value:
        return ()
    if kind == "file" and rest.startswith("/"):
        return kind, rest
    if kind == "syslog" and host and port.isdecimal() and 0 < int(port) < 65536:
        return kind, host.strip("[]"), port
    raise ImproperlyConfigured(
        f"The environment variable {name} is {value!r}; it must be syslog:host:port or file:/path/of/a/file."
    )


def email(name: str, default: str, meaning: str) -> dict[str, Any]:
    found = _read_address(dj_email_url.parse, _env.dj_email_url, name, default, meaning)
    if "EMAIL_BACKEND" not in found:
        raise ImproperlyConfigured(
            f"The environment variable {name} must be a mail server's URL, such as submission://user:password@host:587."
        )
    return found


@dataclass(frozen=True)
class Mailbox:
    """A folder on an IMAP server; `done` is the folder to which mails are moved, empty to flag them as seen."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    done: str


def mailbox(name: str, meaning: str) -> Mailbox | None:
    """A mailbox `imaps://user:password@host:993/INBOX?done=Read`; None by default."""
    value = _read(_env.str, "address", name, "", meaning)
    if not value:
        return None
    # The error does not contain the value, because the value contains a secret.
    refusal = ImproperlyConfigured(
        f"The environment variable {name} is not valid; it must be imaps://user:password@host/INBOX?done=Folder."
    )
    try:
        parts = urlsplit(value)
        port = parts.port or 993
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise refusal from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if set(user) & set(' (){%*"\\'):
        raise ImproperlyConfigured(
            f'The environment variable {name} has a user name with a space or one of (){{%*"\\, which cannot log in.'
        )
    folder, done = unquote(parts.path.strip("/")) or "INBOX", options.pop("done", "")
    is_printable = all(each.isascii() and each.isprintable() for each in (user, password, folder, done))
    if parts.scheme != "imaps" or not (parts.hostname and user and password) or options or not is_printable:
        raise refusal
    if done == folder:
        raise refusal
    return Mailbox(parts.hostname, port, user, password, folder, done)


def object_storage(name: str, meaning: str) -> dict[str, str | None]:
    """A bucket, as `bucket_options` reads it; nothing by default."""
    value = _read(_env.str, "address", name, "", meaning)
    if value and (find_spec("storages") is None or find_spec("boto3") is None):
        raise ImproperlyConfigured(
            f"The environment variable {name} needs the extra s3: sh portal/bootstrap.sh --no-dev --extra s3"
        )
    return bucket_options(f"The environment variable {name}", value) if value else {}


def is_remote(address: Path | str) -> bool:
    """Whether an address has a scheme, such as s3: or sftp:, so that it is not a folder on this machine."""
    return re.match(r"[a-z0-9]+:", str(address)) is not None


def place(name: str, default: str, meaning: str, shown: str) -> Path | str:
    """A folder, or a remote address, which the caller parses."""
    value = _env.str(name, default)
    found = folder(name, default, meaning, shown)
    return str(value) if is_remote(value) else found


def bucket_options(source: str, address: str) -> dict[str, str | None]:
    """The options of django-storages for a bucket `s3://key:secret@bucket/prefix?endpoint=…&region=…`.

    Without key and secret, Amazon's libraries look for credentials, such as AWS_ACCESS_KEY_ID or a role. The error
    message begins with `source`, the name of the setting.
    """
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    endpoint = urlsplit(options.get("endpoint", "https://host"))
    is_whole = (
        endpoint.scheme in ("http", "https") and endpoint.hostname and bool(parts.username) == bool(parts.password)
    )
    # The error does not contain the value, because the value contains a secret.
    if parts.scheme != "s3" or not parts.hostname or set(options) - {"endpoint", "region"} or not is_whole:
        raise ImproperlyConfigured(
            f"{source} is not valid; it must be s3://key:secret@bucket/prefix?endpoint=https://host."
        )
    return {
        "bucket_name": parts.hostname,
        "location": parts.path.strip("/"),
        "access_key": unquote(parts.username or "") or None,
        "secret_key": unquote(parts.password or "") or None,
        "endpoint_url": options.get("endpoint") or None,
        "region_name": options.get("region") or ("us-east-1" if "endpoint" in options else None),
    }
