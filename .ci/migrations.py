"""Refuses migrations that would break the previous version, because it runs on the new schema during an upgrade.

`python .ci/migrations.py` checks the migrations since the last release; `--released` records all as released.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RELEASED = Path(__file__).with_suffix(".json")
DESTRUCTIVE = re.compile(r"\b(DROP\s+(TABLE|COLUMN)|RENAME|SET\s+NOT\s+NULL)\b", re.IGNORECASE)


def problems(migration: Any, before: Any) -> Iterator[str]:
    """A sentence for each operation that breaks the previous version, whose state is `before`.

    A migration that deletes what the previous version no longer uses must set `unused_since = "1.2.0"`.
    """
    is_unused = bool(getattr(migration, "unused_since", ""))
    yield from _problems(migration.operations, migration.app_label, before, is_unused)


def _problems(operations: list[Any], label: str, before: Any, is_unused: bool) -> Iterator[str]:
    from django.db.migrations import operations as known

    for operation in operations:
        if isinstance(operation, known.SeparateDatabaseAndState):
            yield from _problems(operation.database_operations, label, before, is_unused)
        elif isinstance(operation, known.RunSQL):
            if DESTRUCTIVE.search(str(operation.sql)) and not is_unused:
                yield "RunSQL drops, renames or forbids NULL: the previous version does not expect it."
        elif (model := before.models.get((label, _model_of(operation)))) is None:
            # A table that this migration creates, or no table at all.
            continue
        elif isinstance(operation, known.RemoveField | known.DeleteModel):
            if not is_unused:
                yield f"{operation.describe()}: first release a version that does not use it, then set unused_since."
        elif isinstance(operation, known.RenameField | known.RenameModel | known.AlterModelTable):
            yield f"{operation.describe()}: the previous version uses the former name; add the new one beside it."
        elif isinstance(operation, known.AddField | known.AlterField) and (
            reason := _breaks(operation.field, model.fields.get(operation.name))
        ):
            yield f"{operation.describe()}: {reason}"


def _model_of(operation: Any) -> str:
    names = (getattr(operation, attribute, "") for attribute in ("model_name", "old_name", "name"))
    return str(next(filter(None, names), "")).lower()


def _breaks(new: Any, old: Any) -> str:
    """The reason why the previous version cannot write to the column, or nothing. `old` is None for a new column."""
    from django.db.models import NOT_PROVIDED

    if new.many_to_many or getattr(new, "generated", False):
        return ""
    if old is not None and (old.db_column or "") != (new.db_column or ""):
        return "the previous version uses the former column name."
    if old is not None and old.null and not new.null:
        return "the previous version may write NULL."
    is_left_out = old is None or old.db_default is not NOT_PROVIDED
    if is_left_out and not new.null and new.db_default is NOT_PROVIDED:
        return "the previous version writes no value: give it db_default, or null=True."
    return ""


def main(arguments: list[str]) -> int:
    import django

    django.setup()
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    disk = MigrationLoader(None)
    paths = {config.label: Path(config.path).relative_to(ROOT) for config in apps.get_app_configs() if _is_own(config)}
    names = sorted(f"{label}.{name}" for label, name in disk.disk_migrations if label in paths)
    if "--released" in arguments:
        RELEASED.write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")
        return 0
    released, found = set(json.loads(RELEASED.read_text(encoding="utf-8"))), 0
    for name in set(names) - released:
        key = tuple(name.split(".", 1))
        migration = disk.disk_migrations[key]
        for problem in () if migration.initial else problems(migration, disk.project_state(key, at_end=False)):
            sys.stderr.write(f"{name}: {problem}\n")
            found += 1
    return 1 if found else 0


def _is_own(config: Any) -> bool:
    return ROOT in Path(config.path).parents and "site-packages" not in config.path


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    sys.exit(main(sys.argv[1:]))
