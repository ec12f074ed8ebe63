"""Style sheets written in parts and served as one, without a build step."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENTATION = re.compile(r"\n\s*")
# The folder with the parts of each style sheet, by name.
FOLDERS = {"events": "events/styles", "portal": "portal/styles/portal"}
# The parts of each style sheet. The newsroom only uses the sites' typography and colours.
PARTS = {
    **{name: f"{folder}/*.css" for name, folder in FOLDERS.items()},
    "tokens": f"{FOLDERS['portal']}/01-fonts-*.css",
}


def join_parts(name: str) -> str:
    """The parts of a style sheet in file name order, without comments and indentation."""
    parts = sorted(settings.BASE_DIR.glob(PARTS[name]))
    text = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    return INDENTATION.sub("\n", COMMENT.sub("", text))


class StyleSheetFinder(BaseFinder):
    """Finds `css/<name>.css` for each entry of `PARTS`, and rewrites the joined file if it differs."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any):
        self.storage = FileSystemStorage(location=settings.DATA_DIR / "styles")

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False) -> Any:
        found = self._write(Path(path).stem) if path in self._paths() else ""
        return [found] if find_all and found else found or []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in self._paths():
            self._write(Path(path).stem)
            yield path, self.storage

    def _paths(self) -> tuple[str, ...]:
        return tuple(f"css/{name}.css" for name in PARTS)

    def _write(self, name: str) -> str:
        text, target = join_parts(name), Path(self.storage.path(f"css/{name}.css"))
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            # Two processes may write at the same time; each replaces the file atomically.
            unfinished = target.with_name(f"{name}.{id(self)}.unfinished")
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(target)
        return str(target)
