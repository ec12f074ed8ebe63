"""Give the entries on PostgreSQL a column for the number of their terms, as SQLite's FTS5 keeps it itself.

Nothing is written into it here: the next `check_search` writes every entry again, and until then an entry without a
number counts as one of the usual length.
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
