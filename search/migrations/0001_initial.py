"""Create the search tables, and each database's full-text index of the entries.

On SQLite, a trigger deletes the rows of the full-text tables together with their entry. A later migration that rebuilds
the entry table must create the trigger again.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLES = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_words USING fts5(title, summary, names, text, scope, content='', "
        "contentless_delete=1, tokenize='unicode61 remove_diacritics 0')",
        "CREATE VIRTUAL TABLE search_titles USING fts5(title, scope, content='', contentless_delete=1, "
        "prefix='2 3 4', tokenize='unicode61 remove_diacritics 0')",
        "CREATE TRIGGER search_entry_deleted AFTER DELETE ON search_indexentry BEGIN "
        "DELETE FROM search_words WHERE rowid = old.key; DELETE FROM search_titles WHERE rowid = old.key; END",
    ],
    "postgresql": [
        # Out-of-line vectors keep the rows narrow; uncompressed ones are read faster.
        "ALTER TABLE search_indexentry ADD COLUMN words tsvector",
        "ALTER TABLE search_indexentry ALTER COLUMN words SET STORAGE EXTERNAL",
        "ALTER TABLE search_indexentry SET (toast_tuple_target = 128)",
        "CREATE INDEX search_entry_words ON search_indexentry USING gin (words)",
    ],
}

REVERSED = {
    "sqlite": ["DROP TRIGGER search_entry_deleted", "DROP TABLE search_titles", "DROP TABLE search_words"],
    "postgresql": ["ALTER TABLE search_indexentry DROP COLUMN words"],
}

# Wagtail's search on PostgreSQL queries `title || body`, for which its own migrations create no index.
ADMIN_INDEX = "search_admin_title_and_body"


def add_full_text(apps, schema_editor):
    for statement in TABLES[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_full_text(apps, schema_editor):
    for statement in REVERSED[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def add_admin_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        table = apps.get_model("wagtailsearch", "IndexEntry")._meta.db_table
        schema_editor.execute(f"CREATE INDEX {ADMIN_INDEX} ON {table} USING gin ((title || body))")


def drop_admin_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {ADMIN_INDEX}")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('wagtailsearch', '0010_add_text_fields'),
        ('media', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.CreateModel(
            name='FileText',
            fields=[
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='media.document')),
                ('file_hash', models.CharField(max_length=40)),
                ('text', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='TopicSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topics', models.CharField(max_length=400, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='FacetBucket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('home', models.BigIntegerField()),
                ('kind', models.CharField(max_length=12)),
                ('section', models.CharField(blank=True, max_length=255)),
                ('year', models.SmallIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('home', 'kind', 'section', 'year'), name='search_bucket_once')],
            },
        ),
        migrations.CreateModel(
            name='IndexWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=12)),
                ('word', models.CharField(max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('language', 'word'), name='search_word_once_per_language')],
            },
        ),
        migrations.CreateModel(
            name='Misspelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deletion_hash', models.BigIntegerField(db_index=True)),
                ('word', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='search.indexword')),
            ],
        ),
        migrations.CreateModel(
            name='SearchSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('synonyms', models.JSONField(blank=True, help_text='A search for one of them also finds the others.', verbose_name='synonyms')),
                ('promotions', models.JSONField(blank=True, help_text='Pages shown above the results of certain queries.', verbose_name='promotions')),
                ('site', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, to='wagtailcore.site')),
            ],
            options={
                'verbose_name': 'search',
                'verbose_name_plural': 'search',
            },
        ),
        migrations.CreateModel(
            name='IndexEntry',
            fields=[
                ('page', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('key', models.BigIntegerField(unique=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('visible_from', models.DateTimeField(null=True)),
                ('hidden_at', models.DateTimeField(null=True)),
                ('recap_of', models.BigIntegerField(null=True)),
                ('title_key', models.CharField(max_length=200)),
                ('content_hash', models.BigIntegerField()),
                ('bucket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='search.facetbucket')),
                ('topic_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='search.topicset')),
            ],
        ),
        migrations.CreateModel(
            name='EntryText',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='text', serialize=False, to='search.indexentry')),
                ('language', models.CharField(max_length=12)),
                ('title', models.CharField(max_length=255)),
                ('summary', models.TextField(blank=True)),
                ('names', models.TextField(blank=True)),
                ('text', models.TextField(blank=True)),
                ('date', models.DateTimeField()),
                ('image', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='media.image')),
            ],
        ),
        migrations.CreateModel(
            name='LoggedQuery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=12, verbose_name='language')),
                ('text', models.CharField(max_length=80, verbose_name='words')),
                ('day', models.DateField(verbose_name='day')),
                ('times', models.PositiveIntegerField(default=1, verbose_name='times')),
                ('result_count', models.PositiveIntegerField(verbose_name='results')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.site', verbose_name='site')),
            ],
            options={
                'verbose_name': 'question',
                'verbose_name_plural': 'questions',
                'indexes': [models.Index(fields=['site', 'day'], name='search_query_by_day')],
                'constraints': [models.UniqueConstraint(fields=('site', 'language', 'text', 'day'), name='search_query_once_a_day')],
            },
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['key', 'bucket', 'topic_set'], name='search_entry_counted'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['title_key'], name='search_entry_by_title'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(condition=models.Q(('visible_from__isnull', False)), fields=['visible_from'], name='search_entry_by_beginning'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(condition=models.Q(('hidden_at__isnull', False)), fields=['hidden_at'], name='search_entry_by_end'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(condition=models.Q(('recap_of__isnull', False)), fields=['recap_of'], name='search_entry_by_event'),
        ),
        migrations.RunPython(add_full_text, drop_full_text),
        migrations.RunPython(add_admin_index, drop_admin_index),
    ]
