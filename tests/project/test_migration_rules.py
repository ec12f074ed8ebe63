"""The migration check refuses changes that break the previous version, and no others."""

import importlib.util

import pytest
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState

from portal.env import BASE_DIR

SPEC = importlib.util.spec_from_file_location("migration_rules", BASE_DIR / ".ci" / "migrations.py")
rules = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(rules)


@pytest.fixture
def before():
    """One table with a required, an optional and a default column."""
    state = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=10)),
        ("colour", models.CharField(max_length=10, null=True)),
        ("size", models.IntegerField(db_default=1)),
    ]
    state.add_model(ModelState("shop", "Bag", fields))
    return state


def found(before, *operations, **facts) -> list[str]:
    migration = migrations.Migration("0002_change", "shop")
    migration.operations = list(operations)
    for name, value in facts.items():
        setattr(migration, name, value)
    return list(rules.problems(migration, before))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("bag", "name"),
        migrations.DeleteModel("Bag"),
        migrations.RenameField("bag", "name", "title"),
        migrations.RenameModel("Bag", "Case"),
        migrations.AlterModelTable("bag", "bags"),
        migrations.AlterField("bag", "name", models.CharField(max_length=10, db_column="title")),
        migrations.AddField("bag", "price", models.IntegerField(default=0)),
        migrations.AlterField("bag", "colour", models.CharField(max_length=10, db_default="")),
        migrations.AlterField("bag", "size", models.IntegerField()),
        migrations.RunSQL("ALTER TABLE shop_bag DROP COLUMN name"),
        migrations.SeparateDatabaseAndState([migrations.RemoveField("bag", "name")]),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_change_that_breaks_the_previous_version_is_refused(before, operation):
    assert len(found(before, operation)) == 1


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("bag", "price", models.IntegerField(db_default=0)),
        migrations.AddField("bag", "price", models.IntegerField(null=True)),
        migrations.AlterField("bag", "name", models.CharField(max_length=20)),
        migrations.CreateModel("Case", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddIndex("bag", models.Index(fields=["name"], name="bag_by_name")),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.RunSQL("UPDATE shop_bag SET colour = 'red'"),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_compatible_change_passes(before, operation):
    assert found(before, operation) == []


def test_column_unused_since_a_release_may_be_dropped(before):
    assert found(before, migrations.RemoveField("bag", "name"), unused_since="1.2.0") == []


def test_new_table_may_be_changed(before):
    made = migrations.CreateModel("Case", [("id", models.BigAutoField(primary_key=True))])

    assert found(before, made, migrations.AddField("case", "price", models.IntegerField())) == []


def test_column_added_and_filled_in_one_migration_may_become_required(before):
    added = migrations.AddField("bag", "price", models.IntegerField(null=True))
    needed = migrations.AlterField("bag", "price", models.IntegerField(db_default=0))

    assert found(before, added, needed) == []
