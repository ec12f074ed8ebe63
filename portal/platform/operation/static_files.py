"""Serves static files, and collects them. Keeps those of the previous version, because its pages still use them."""

import json
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.management import call_command
from django.http import HttpRequest, HttpResponseNotFound
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

from portal.env import BASE_DIR

# The list of the previous version's files, beside the current manifest.
BEFORE = "staticfiles.before.json"
COMPRESSED = (".br", ".gz")
OWN = BASE_DIR / "portal" / "static"
# The manifest loaded by this process. After an upgrade on disk, the process continues to use its own version.
_own_names = sorted(path.relative_to(OWN).as_posix() for path in OWN.rglob("*") if path.is_file())


def uncollected_files() -> list[str]:
    """Our own files that are missing or have no hashed name. Pages that use them fail."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        return []
    root, hashed = Path(staticfiles_storage.location), staticfiles_storage.hashed_files
    return [name for name in _own_names if name not in hashed or not (root / hashed[name]).exists()]


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, except that a file deleted since startup is a 404 instead of an error."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponseBase:
        try:
            found: HttpResponseBase = WhiteNoiseMiddleware.serve(static_file, request)
        except FileNotFoundError:
            return HttpResponseNotFound(headers={"Cache-Control": "no-store"})
        return found


def collect() -> int:
    """Collect the files and delete those of older versions; return the number deleted."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        # Without hashed names, new files would replace the previous ones.
        call_command("collectstatic", interactive=False, verbosity=0)
        return 0
    root = Path(staticfiles_storage.location)
    manifest, before = root / staticfiles_storage.manifest_name, root / BEFORE
    former = _hashed_names(manifest)
    call_command("collectstatic", interactive=False, verbosity=0)
    current = _hashed_names(manifest)
    if former and former != current:
        before.write_text(json.dumps(sorted(former)), encoding="utf-8")
    needed = current | (set(json.loads(before.read_bytes())) if before.exists() else set())
    gone = [path for path in root.rglob("*") if path.is_file() and _name_uncompressed(path, root) not in needed]
    gone = [path for path in gone if path not in (manifest, before)]
    for path in gone:
        path.unlink()
    return len(gone)


def _hashed_names(manifest: Path) -> set[str]:
    return set(json.loads(manifest.read_bytes())["paths"].values()) if manifest.exists() else set()


def _name_uncompressed(path: Path, root: Path) -> str:
    name = path.relative_to(root).as_posix()
    return name.rpartition(".")[0] if name.endswith(COMPRESSED) else name
