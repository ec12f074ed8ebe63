"""The words of the entries, where the database finds them: see `search.models.entries`.

A trigger lets the full-text tables of SQLite follow every deletion of an entry, by whomever. A later migration that
rebuilds the table of the entries must make it again.
"""

from django.db import migrations

TABLES = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_words USING fts5(title, summary, names, text, scope, content='', "
        "contentless_delete=1, tokenize='unicode61 remove_diacritics 0')",
        "CREATE VIRTUAL TABLE search_titles USING fts5(title, scope, content='', contentless_delete=1, "
        "prefix='2 3 4', tokenize='unicode61 remove_diacritics 0')",
        "CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN "
        "DELETE FROM search_words WHERE rowid = old.key; DELETE FROM search_titles WHERE rowid = old.key; END",
    ],
    "postgresql": [
        # The rows stay narrow, and reading a vector costs no decompression.
        "ALTER TABLE search_entry ADD COLUMN words tsvector",
        "ALTER TABLE search_entry ALTER COLUMN words SET STORAGE EXTERNAL",
        "ALTER TABLE search_entry SET (toast_tuple_target = 128)",
        "CREATE INDEX search_entry_words ON search_entry USING gin (words)",
    ],
}
GONE = {
    "sqlite": ["DROP TRIGGER search_entry_gone", "DROP TABLE search_titles", "DROP TABLE search_words"],
    "postgresql": ["ALTER TABLE search_entry DROP COLUMN words"],
}


def lay(apps, schema_editor):
    for statement in TABLES[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def take_up(apps, schema_editor):
    for statement in GONE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_keep_the_index")]

    operations = [migrations.RunPython(lay, take_up)]
