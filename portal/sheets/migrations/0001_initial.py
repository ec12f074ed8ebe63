
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('media', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SheetPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('embargo_until', models.DateTimeField(blank=True, help_text='Before this time, nobody outside the newsroom sees this version, its pictures or its documents, even if it is approved.', null=True, verbose_name='embargo until')),
                ('introduction', models.TextField(blank=True, max_length=400, verbose_name='introduction')),
                ('sheet', models.JSONField(verbose_name='sheet')),
            ],
            options={
                'verbose_name': 'sheet by mail',
                'verbose_name_plural': 'sheets by mail',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=12)),
                ('text', models.TextField()),
                ('content_hash', models.CharField(max_length=64)),
                ('first_shown_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.site')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SheetRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('block', models.UUIDField(null=True)),
                ('title', models.CharField(max_length=160, verbose_name='sheet')),
                ('language', models.CharField(max_length=12, verbose_name='language')),
                ('address', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('same_address', models.CharField(db_index=True, max_length=254)),
                ('answers', models.JSONField(default=list, verbose_name='answers')),
                ('answers_text', models.TextField(blank=True, editable=False, verbose_name='answers')),
                ('asked_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='asked on')),
                ('marketing_agreed_at', models.DateTimeField(null=True, verbose_name='further consent given on')),
                ('link_expires_at', models.DateTimeField(verbose_name='link expires on')),
                ('opened_at', models.DateTimeField(null=True, verbose_name='first opened on')),
                ('openings', models.PositiveIntegerField(default=0, verbose_name='openings')),
                ('delete_at', models.DateTimeField(db_index=True, verbose_name='deleted on')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='media.document', verbose_name='document')),
                ('marketing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='sheets.consenttext', verbose_name='further consent')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.WAGTAIL_PAGE_MODEL, verbose_name='page')),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='sheets.consenttext', verbose_name='agreed to')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.site', verbose_name='site')),
            ],
            options={
                'verbose_name': 'request for a sheet',
                'verbose_name_plural': 'requests for sheets',
                'ordering': ['-asked_at', '-id'],
            },
        ),
        migrations.AddConstraint(
            model_name='consenttext',
            constraint=models.UniqueConstraint(fields=('site', 'content_hash'), name='sheets_consent_text_once_per_site'),
        ),
    ]
