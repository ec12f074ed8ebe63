
import django.db.models.deletion
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('wagtailcore', '0098_apitoken'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IssuePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('embargo_until', models.DateTimeField(blank=True, help_text='Nobody outside the newsroom sees this version, its pictures or its documents before this minute, whenever it is approved.', null=True, verbose_name='embargo until')),
                ('preheader', models.CharField(blank=True, help_text='What mail programs show beside the subject.', max_length=140, verbose_name='preview line')),
                ('introduction', wagtail.fields.StreamField([('paragraph', 0), ('heading', 3), ('figure', 9), ('button', 13)], blank=True, block_lookup={0: ('portal.core.blocks.text.ParagraphBlock', (), {}), 1: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'max_length': 160}), 2: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('h2', 'Heading'), ('h3', 'Subheading')], 'label': 'Level'}), 3: ('wagtail.blocks.StructBlock', [[('text', 1), ('level', 2)]], {}), 4: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Image'}), 5: ('wagtail.blocks.CharBlock', (), {'help_text': 'What is to be seen, for those who do not see it.', 'label': 'Alternative text', 'max_length': 255}), 6: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 300, 'required': False}), 7: ('wagtail.blocks.CharBlock', (), {'help_text': "Empty: the image's own.", 'label': 'Credit', 'max_length': 160, 'required': False}), 8: ('wagtail.blocks.BooleanBlock', (), {'label': 'Wider than the text', 'required': False}), 9: ('wagtail.blocks.StructBlock', [[('image', 4), ('alt', 5), ('caption', 6), ('credit', 7), ('wide', 8)]], {}), 10: ('wagtail.blocks.CharBlock', (), {'help_text': "Empty: the page's title.", 'label': 'Label', 'max_length': 120, 'required': False}), 11: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Page', 'required': False}), 12: ('wagtail.blocks.URLBlock', (), {'label': 'Or address', 'required': False}), 13: ('wagtail.blocks.StructBlock', [[('label', 10), ('page', 11), ('url', 12)]], {})}, verbose_name='introduction')),
                ('period_start', models.DateField(blank=True, null=True, verbose_name='from')),
                ('period_end', models.DateField(blank=True, null=True, verbose_name='to')),
                ('content', wagtail.fields.StreamField([('group', 9), ('note', 12), ('button', 16)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'max_length': 80}), 1: ('wagtail.blocks.PageChooserBlock', (), {'help_text': 'Empty: every subscriber gets it.', 'label': 'Section', 'page_type': ['home.SectionPage'], 'required': False}), 2: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Story', 'page_type': ['articles.ArticlePage', 'articles.PortraitPage', 'events.RecapPage']}), 3: ('wagtail.blocks.CharBlock', (), {'help_text': "Empty: the story's.", 'label': 'Other title', 'max_length': 160, 'required': False}), 4: ('wagtail.blocks.TextBlock', (), {'help_text': "Empty: the story's standfirst.", 'label': 'Other text', 'max_length': 400, 'required': False}), 5: ('wagtail.blocks.StructBlock', [[('page', 2), ('title', 3), ('text', 4)]], {}), 6: ('wagtail.blocks.ListBlock', (5,), {'default': [], 'label': 'Stories'}), 7: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Event', 'page_type': ['events.EventPage']}), 8: ('wagtail.blocks.ListBlock', (7,), {'default': [], 'label': 'Coming events'}), 9: ('wagtail.blocks.StructBlock', [[('title', 0), ('section', 1), ('stories', 6), ('events', 8)]], {}), 10: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'max_length': 120, 'required': False}), 11: ('portal.core.blocks.text.ParagraphBlock', (), {'label': 'Text'}), 12: ('wagtail.blocks.StructBlock', [[('title', 10), ('text', 11)]], {}), 13: ('wagtail.blocks.CharBlock', (), {'help_text': "Empty: the page's title.", 'label': 'Label', 'max_length': 120, 'required': False}), 14: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Page', 'required': False}), 15: ('wagtail.blocks.URLBlock', (), {'label': 'Or address', 'required': False}), 16: ('wagtail.blocks.StructBlock', [[('label', 13), ('page', 14), ('url', 15)]], {})}, verbose_name='content')),
                ('is_mailed', models.BooleanField(default=True, help_text='It goes to the subscribers once, when it is first published. Later versions change the web only.', verbose_name='send it by mail')),
            ],
            options={
                'verbose_name': 'issue',
                'verbose_name_plural': 'issues',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='NewsletterPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('embargo_until', models.DateTimeField(blank=True, help_text='Nobody outside the newsroom sees this version, its pictures or its documents before this minute, whenever it is approved.', null=True, verbose_name='embargo until')),
                ('introduction', models.TextField(blank=True, help_text='What it brings, and how often.', max_length=400, verbose_name='introduction')),
                ('sender_name', models.CharField(blank=True, help_text='Empty: the name of the site.', max_length=120, verbose_name='sender’s name')),
                ('reply_to', models.EmailField(blank=True, help_text='Empty: the site’s contact address.', max_length=254, verbose_name='replies go to')),
                ('consent', models.TextField(blank=True, help_text='What a subscriber agrees to. Each version is kept with those who agreed to it.', max_length=600, verbose_name='words of consent')),
                ('offers_weekly', models.BooleanField(default=True, verbose_name='weekly digest')),
                ('weekly_day', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=4, verbose_name='day')),
                ('weekly_hour', models.PositiveSmallIntegerField(choices=[(0, '00:00'), (1, '01:00'), (2, '02:00'), (3, '03:00'), (4, '04:00'), (5, '05:00'), (6, '06:00'), (7, '07:00'), (8, '08:00'), (9, '09:00'), (10, '10:00'), (11, '11:00'), (12, '12:00'), (13, '13:00'), (14, '14:00'), (15, '15:00'), (16, '16:00'), (17, '17:00'), (18, '18:00'), (19, '19:00'), (20, '20:00'), (21, '21:00'), (22, '22:00'), (23, '23:00')], default=7, verbose_name='hour')),
                ('offers_alerts', models.BooleanField(default=True, verbose_name='alerts as soon as something is published')),
            ],
            options={
                'verbose_name': 'newsletter',
                'verbose_name_plural': 'newsletters',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='Sending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('issue', 'issue'), ('weekly', 'weekly digest'), ('alert', 'alert')], max_length=8)),
                ('slot', models.CharField(max_length=60)),
                ('subject', models.CharField(max_length=255)),
                ('content', models.JSONField()),
                ('state', models.CharField(choices=[('preparing', 'being prepared'), ('under way', 'being sent'), ('paused', 'paused'), ('stopped', 'stopped'), ('done', 'sent')], default='preparing', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('begun_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('prepared_to', models.BigIntegerField(default=0)),
                ('skipped', models.PositiveIntegerField(default=0)),
                ('lease', models.CharField(blank=True, max_length=32)),
                ('leased_until', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=200)),
                ('totals', models.JSONField(null=True)),
                ('issue', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sending', to='newsletter.issuepage')),
                ('newsletter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sendings', to='newsletter.newsletterpage')),
                ('ordered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ordered by')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.site')),
            ],
            options={
                'verbose_name': 'sending',
                'verbose_name_plural': 'sendings',
            },
        ),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('address_hash', models.CharField(editable=False, max_length=64)),
                ('language', models.CharField(choices=[('fr', 'Français'), ('de', 'Deutsch'), ('en', 'English')], max_length=12, verbose_name='language')),
                ('rhythm', models.CharField(choices=[('issues', 'Each issue, as the newsroom composes it'), ('weekly', 'Once a week, what was published'), ('alerts', 'As soon as something is published')], default='issues', max_length=8, verbose_name='rhythm')),
                ('state', models.CharField(choices=[('pending', 'not confirmed'), ('active', 'receives it'), ('left', 'unsubscribed'), ('stopped', 'stopped: mails came back')], default='pending', max_length=8, verbose_name='state')),
                ('asked_at', models.DateTimeField(verbose_name='asked on')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed on')),
                ('left_at', models.DateTimeField(null=True, verbose_name='left on')),
                ('request_number', models.PositiveIntegerField(default=1)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.site', verbose_name='site')),
            ],
            options={
                'verbose_name': 'subscriber',
                'verbose_name_plural': 'subscribers',
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('variant', models.CharField(blank=True, max_length=120)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('claimed', 'being handed over'), ('sent', 'sent'), ('failed', 'refused'), ('uncertain', 'uncertain'), ('dropped', 'no longer wanted')], default='waiting', max_length=9)),
                ('lease', models.CharField(blank=True, max_length=32)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('bounced_at', models.DateTimeField(null=True)),
                ('reply', models.CharField(blank=True, max_length=200)),
                ('sending', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='newsletter.sending')),
                ('subscriber', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deliveries', to='newsletter.subscriber')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.CreateModel(
            name='ConsentStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('asked', 'asked for it'), ('confirmed', 'confirmed the address'), ('imported', 'was imported'), ('changed', 'changed the choice'), ('left', 'unsubscribed'), ('stopped', 'was stopped: mails came back')], max_length=9)),
                ('at', models.DateTimeField()),
                ('details', models.TextField(blank=True)),
                ('version', models.CharField(blank=True, max_length=16)),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='newsletter.subscriber')),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ChosenSection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section_key', models.UUIDField()),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chosen_sections', to='newsletter.subscriber')),
            ],
        ),
        migrations.CreateModel(
            name='AnnouncedStory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('announced_at', models.DateTimeField()),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.WAGTAIL_PAGE_MODEL)),
                ('newsletter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='newsletter.newsletterpage')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('newsletter', 'story'), name='newsletter_story_announced_once')],
            },
        ),
        migrations.AddIndex(
            model_name='sending',
            index=models.Index(fields=['state', 'leased_until'], name='newsletter_unfinished'),
        ),
        migrations.AddConstraint(
            model_name='sending',
            constraint=models.UniqueConstraint(fields=('newsletter', 'slot'), name='newsletter_sending_once'),
        ),
        migrations.AddIndex(
            model_name='subscriber',
            index=models.Index(fields=['site', 'state', 'language', 'rhythm', 'id'], name='newsletter_recipients'),
        ),
        migrations.AddIndex(
            model_name='subscriber',
            index=models.Index(fields=['state', 'asked_at'], name='newsletter_by_request'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.UniqueConstraint(fields=('site', 'address_hash'), name='newsletter_subscriber_once_per_site'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['sending', 'state', 'attempts', 'variant', 'id'], name='newsletter_delivery_order'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('sending', 'subscriber'), name='newsletter_one_copy_per_subscriber'),
        ),
        migrations.AddConstraint(
            model_name='chosensection',
            constraint=models.UniqueConstraint(fields=('subscriber', 'section_key'), name='newsletter_section_chosen_once'),
        ),
    ]
