"""The versions of an installation's parts, and its disk usage."""

import platform
import tomllib
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _

from portal.env import BASE_DIR
from portal.media.models import Document, Image
from portal.media.stored import StorageUnavailableError
from portal.platform.records.maintenance import MISSING_FILES, MaintenanceRun
from portal.platform.status.conditions import Condition, number

# Enough digits to identify a commit.
SHORT = 12


def commit_of(checkout: Path) -> str:
    """The commit of a checkout, read without git; empty without a checkout, as in a container image."""
    folder = checkout / ".git"
    try:
        head = (folder / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head[:SHORT]
        branch = head.removeprefix("ref: ")
        if (folder / branch).exists():
            return (folder / branch).read_text(encoding="utf-8")[:SHORT]
        packed = (folder / "packed-refs").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line[:SHORT] for line in packed if line.endswith(f" {branch}")), "")


# The commit of the code that this process has loaded.
COMMIT = commit_of(BASE_DIR)


@cache
def portal_version() -> str:
    project: dict[str, Any] = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def parts() -> dict[str, str]:
    packages = {name: version(name) for name in ("wagtail", "django")}
    return {"portal": portal_version(), **packages, "python": platform.python_version()}


def portal_version_in_words() -> str:
    """The version as text, such as “0.9.0 (1a2b3c4d5e6f)”."""
    return f"{portal_version()} ({COMMIT})" if COMMIT else portal_version()


def versions(now: datetime) -> Condition:
    vendor = "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
    found = ".".join(str(part) for part in connection.get_database_version())
    known = [f"{name.title()} {number}" for name, number in (parts() | {"portal": portal_version_in_words()}).items()]
    return Condition("versions", True, ", ".join([*known, f"{vendor} {found}"]))


def storage(now: datetime) -> Condition:
    """Disk usage. Renditions do not count, because they can be generated again."""
    files = sum(
        model.objects.aggregate(bytes=Sum("file_size"))["bytes"] or 0  # type: ignore[attr-defined]
        for model in (Image, Document)
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        database = cursor.fetchone()[0]
    facts = {"database": number(database / 1024**2), "files": number(files / 1024**2)}
    text = _("%(database)s MB in the database, %(files)s MB of pictures and documents") % facts
    return Condition("storage", True, text, figures={"database_bytes": database, "file_bytes": files})


def files(now: datetime) -> Condition:
    """Whether uploaded files are readable, and whether all existed at the last check."""
    missing = MaintenanceRun.objects.filter(name=MISSING_FILES, is_well=False).first()
    found = object_storage(now)
    if missing is None or not found.is_well:
        return found
    facts = {"count": number(missing.facts["count"]), "name": missing.facts["name"]}
    return Condition("files", False, _("%(count)s of pictures or documents are missing, such as %(name)s") % facts)


def object_storage(now: datetime) -> Condition:
    """Whether uploaded files can be read from the object storage, if there is one."""
    objects: Any = default_storage
    if not hasattr(objects, "check"):
        return Condition("files", True, _("are stored in a folder, DATA_DIR"))
    name = settings.OBJECT_STORAGE["bucket_name"]
    try:
        objects.check()
        if objects.is_public():
            text = _("can be read in the bucket %(name)s by anybody, even files that are private here: make it private")
            return Condition("files", False, text % {"name": name})
    except StorageUnavailableError as error:
        return Condition("files", False, str(error))
    return Condition("files", True, _("are stored in the bucket %(name)s, which responds") % {"name": name})
