from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0004_online_link'),
    ]

    operations = [
        migrations.AddField(
            model_name='calendarpage',
            name='canonical_link',
            field=models.URLField(blank=True, db_default='', default='', help_text='The full address of the original, if this text was published there first (canonical). Search engines show that page instead of this one, which is left out of the sitemap.', max_length=500, verbose_name='original elsewhere'),
        ),
        migrations.AddField(
            model_name='calendarpage',
            name='is_unlisted',
            field=models.BooleanField(db_default=False, default=False, help_text='Readers find this page only by links and by the search: not in lists, shelves, feeds, calendars or digests.', verbose_name='not in lists'),
        ),
        migrations.AddField(
            model_name='calendarpage',
            name='nofollow',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to follow the links of this page (nofollow).', verbose_name='links not followed'),
        ),
        migrations.AddField(
            model_name='calendarpage',
            name='noindex',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to show this page (noindex). It is left out of the sitemap.', verbose_name='not in search engines'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='canonical_link',
            field=models.URLField(blank=True, db_default='', default='', help_text='The full address of the original, if this text was published there first (canonical). Search engines show that page instead of this one, which is left out of the sitemap.', max_length=500, verbose_name='original elsewhere'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='is_unlisted',
            field=models.BooleanField(db_default=False, default=False, help_text='Readers find this page only by links and by the search: not in lists, shelves, feeds, calendars or digests.', verbose_name='not in lists'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='nofollow',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to follow the links of this page (nofollow).', verbose_name='links not followed'),
        ),
        migrations.AddField(
            model_name='eventpage',
            name='noindex',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to show this page (noindex). It is left out of the sitemap.', verbose_name='not in search engines'),
        ),
        migrations.AddField(
            model_name='recappage',
            name='canonical_link',
            field=models.URLField(blank=True, db_default='', default='', help_text='The full address of the original, if this text was published there first (canonical). Search engines show that page instead of this one, which is left out of the sitemap.', max_length=500, verbose_name='original elsewhere'),
        ),
        migrations.AddField(
            model_name='recappage',
            name='is_unlisted',
            field=models.BooleanField(db_default=False, default=False, help_text='Readers find this page only by links and by the search: not in lists, shelves, feeds, calendars or digests.', verbose_name='not in lists'),
        ),
        migrations.AddField(
            model_name='recappage',
            name='nofollow',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to follow the links of this page (nofollow).', verbose_name='links not followed'),
        ),
        migrations.AddField(
            model_name='recappage',
            name='noindex',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to show this page (noindex). It is left out of the sitemap.', verbose_name='not in search engines'),
        ),
    ]
