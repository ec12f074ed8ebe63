
import django.db.models.deletion
import django.utils.timezone
import uuid
import wagtail.fields
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
                ('embargo_until', models.DateTimeField(blank=True, help_text='Nobody outside the newsroom sees this version, its pictures or its documents before this minute, whenever it is approved.', null=True, verbose_name='embargo until')),
                ('introduction', models.TextField(blank=True, max_length=400, verbose_name='introduction')),
                ('sheet', wagtail.fields.StreamField([('sheet', 10)], block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'max_length': 160}), 1: ('wagtail.blocks.TextBlock', (), {'label': 'What is in it', 'max_length': 600, 'required': False}), 2: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'help_text': 'It must be marked “by mail only”.', 'label': 'Document'}), 3: ('wagtail.blocks.CharBlock', (), {'help_text': 'Such as: company, postcode.', 'label': 'Question', 'max_length': 120}), 4: ('wagtail.blocks.BooleanBlock', (), {'label': 'Must be answered', 'required': False}), 5: ('wagtail.blocks.TextBlock', (), {'help_text': 'One a line; empty: readers write their own.', 'label': 'Answers to choose from', 'required': False}), 6: ('wagtail.blocks.StructBlock', [[('label', 3), ('is_required', 4), ('choices', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'default': [], 'help_text': 'Beside the e-mail address. Ask for what you need, and no more.', 'label': 'Questions', 'max_num': 6}), 8: ('wagtail.blocks.TextBlock', (), {'help_text': 'Such as: I agree to receive the agency’s offers by e-mail. Readers who do not agree get the document all the same. Empty: nothing is asked.', 'label': 'Further consent', 'max_length': 600, 'required': False}), 9: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('30', '30 days'), ('90', '90 days'), ('180', '180 days'), ('365', 'a year')], 'help_text': 'Readers are told.', 'label': 'Requests are deleted after'}), 10: ('wagtail.blocks.StructBlock', [[('title', 0), ('text', 1), ('document', 2), ('questions', 7), ('marketing', 8), ('keeping', 9)]], {})}, verbose_name='sheet')),
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
