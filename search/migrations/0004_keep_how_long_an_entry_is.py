"""Give PostgreSQL entries a column for their number of terms, which SQLite's FTS5 stores itself.

It is not filled here: the next `check_search` rewrites every entry, and until then an entry without a number counts as
one of the usual length.
"""

from django.db import migrations


def add_length(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_indexentry ADD COLUMN length integer")


def drop_length(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_indexentry DROP COLUMN length")


class Migration(migrations.Migration):

    dependencies = [("search", "0003_read_the_meaning_of_texts")]

    operations = [migrations.RunPython(add_length, drop_length)]
