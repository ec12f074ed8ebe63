"""Create the newsroom's index with each database's full-text index.

It is not filled here: the scheduler, or `check_search`, indexes all pages after the upgrade. On SQLite, a
trigger deletes the rows of the full-text table together with their entry.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLES = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_draft_words USING fts5(title, summary, names, text, scope, content='', "
        "contentless_delete=1, tokenize='unicode61 remove_diacritics 0')",
        "CREATE TRIGGER search_draft_deleted AFTER DELETE ON search_draftentry BEGIN "
        "DELETE FROM search_draft_words WHERE rowid = old.key; END",
    ],
    "postgresql": [
        # As in 0001: out-of-line vectors keep the rows narrow; uncompressed ones are read faster.
        "ALTER TABLE search_draftentry ADD COLUMN words tsvector, ADD COLUMN length integer",
        "ALTER TABLE search_draftentry ALTER COLUMN words SET STORAGE EXTERNAL",
        "ALTER TABLE search_draftentry SET (toast_tuple_target = 128)",
        "CREATE INDEX search_draft_words ON search_draftentry USING gin (words)",
    ],
}

REVERSED = {
    "sqlite": ["DROP TRIGGER search_draft_deleted", "DROP TABLE search_draft_words"],
    "postgresql": ["ALTER TABLE search_draftentry DROP COLUMN words, DROP COLUMN length"],
}


def add_full_text(apps, schema_editor):
    for statement in TABLES[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_full_text(apps, schema_editor):
    for statement in REVERSED[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0004_keep_how_long_an_entry_is'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.CreateModel(
            name='DraftEntry',
            fields=[
                ('page', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('key', models.BigIntegerField(unique=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('visible_from', models.DateTimeField(null=True)),
                ('hidden_at', models.DateTimeField(null=True)),
                ('recap_of', models.BigIntegerField(null=True)),
                ('title_key', models.CharField(max_length=200)),
                ('content_hash', models.BigIntegerField()),
                ('published_at', models.DateTimeField(null=True)),
                ('bucket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='search.facetbucket')),
                ('topic_set', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='search.topicset')),
            ],
        ),
        migrations.AddField(
            model_name='indexword',
            name='is_public',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.CreateModel(
            name='DraftText',
            fields=[
                ('language', models.CharField(max_length=12)),
                ('title', models.CharField(max_length=255)),
                ('summary', models.TextField(blank=True)),
                ('names', models.TextField(blank=True)),
                ('text', models.TextField(blank=True)),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='text', serialize=False, to='search.draftentry')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='draftentry',
            index=models.Index(fields=['key', 'bucket', 'topic_set'], name='search_draft_counted'),
        ),
        migrations.AddIndex(
            model_name='draftentry',
            index=models.Index(condition=models.Q(('visible_from__isnull', False)), fields=['visible_from'], name='search_draft_by_beginning'),
        ),
        migrations.AddIndex(
            model_name='draftentry',
            index=models.Index(condition=models.Q(('hidden_at__isnull', False)), fields=['hidden_at'], name='search_draft_by_end'),
        ),
        migrations.AddIndex(
            model_name='draftentry',
            index=models.Index(fields=['published_at', 'key'], name='search_draft_by_publication'),
        ),
        migrations.RunPython(add_full_text, drop_full_text),
    ]
