"""Add the terms of words in languages with compounds, the places of opened results, and a site setting."""

from itertools import batched

import django.db.models.deletion
from django.db import migrations, models

from search.analysis import terms


# As in `search.query.compounds`.
LANGUAGES = ("de", "nl")


def fill_terms(apps, schema_editor):
    words = apps.get_model("search", "IndexWord")
    for rows in batched(words.objects.filter(language__in=LANGUAGES), 2000):
        for row in rows:
            row.term = "".join(terms(row.word, row.language))
            row.backwards = row.term[::-1]
        words.objects.bulk_update(rows, ["term", "backwards"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='OpenedPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField()),
                ('times', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name='indexword',
            name='backwards',
            field=models.CharField(max_length=40, null=True),
        ),
        migrations.AddField(
            model_name='indexword',
            name='term',
            field=models.CharField(max_length=40, null=True),
        ),
        migrations.AddField(
            model_name='loggedquery',
            name='opened',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='led to a page'),
        ),
        migrations.AddField(
            model_name='searchsettings',
            name='prefers_new',
            field=models.BooleanField(db_default=False, default=False, help_text='Of pages that match about equally well, the newer ones come first.', verbose_name='prefer newer pages'),
        ),
        migrations.RunPython(fill_terms, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='indexword',
            index=models.Index(condition=models.Q(('term__isnull', False)), fields=['term'], name='search_word_by_term', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='indexword',
            index=models.Index(condition=models.Q(('backwards__isnull', False)), fields=['backwards'], name='search_word_by_backwards', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddField(
            model_name='openedplace',
            name='query',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='search.loggedquery'),
        ),
        migrations.AddConstraint(
            model_name='openedplace',
            constraint=models.UniqueConstraint(fields=('query', 'place'), name='search_place_once_a_query'),
        ),
    ]
