"""The check of new migrations refuses what the version before could not run beside, and nothing else."""

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
    """One table with a needed, an optional and a defaulted column."""
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
def test_what_breaks_the_version_before_is_refused(before, operation):
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
def test_what_the_version_before_does_not_notice_passes(before, operation):
    assert found(before, operation) == []


def test_column_that_a_release_has_stopped_to_use_may_be_dropped(before):
    assert found(before, migrations.RemoveField("bag", "name"), unused_since="1.2.0") == []


def test_table_that_the_migration_makes_is_free(before):
    made = migrations.CreateModel("Case", [("id", models.BigAutoField(primary_key=True))])

    assert found(before, made, migrations.AddField("case", "price", models.IntegerField())) == []


def test_column_that_is_added_and_filled_in_one_migration_may_become_needed_with_a_default(before):
    added = migrations.AddField("bag", "price", models.IntegerField(null=True))
    needed = migrations.AlterField("bag", "price", models.IntegerField(db_default=0))

    assert found(before, added, needed) == []
