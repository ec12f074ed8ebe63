"""The index that Wagtail's search on PostgreSQL asks for, `title || body`, and that its migrations do not make."""

from django.db import migrations

INDEX = "search_newsroom_title_and_body"


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        table = apps.get_model("wagtailsearch", "IndexEntry")._meta.db_table
        schema_editor.execute(f"CREATE INDEX {INDEX} ON {table} USING gin ((title || body))")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("search", "0002_lay_the_words_beside_the_entries"), ("wagtailsearch", "0010_add_text_fields")]

    operations = [migrations.RunPython(make, drop)]
