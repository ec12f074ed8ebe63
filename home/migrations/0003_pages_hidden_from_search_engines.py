from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('home', '0002_most_read_stories'),
    ]

    operations = [
        migrations.AddField(
            model_name='accessibilitystatementpage',
            name='canonical_link',
            field=models.URLField(blank=True, db_default='', default='', help_text='The full address of the original, if this text was published there first (canonical). Search engines show that page instead of this one, which is left out of the sitemap.', max_length=500, verbose_name='original elsewhere'),
        ),
        migrations.AddField(
            model_name='accessibilitystatementpage',
            name='is_unlisted',
            field=models.BooleanField(db_default=False, default=False, help_text='Readers find this page only by links and by the search: not in lists, shelves, feeds, calendars or digests.', verbose_name='not in lists'),
        ),
        migrations.AddField(
            model_name='accessibilitystatementpage',
            name='nofollow',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to follow the links of this page (nofollow).', verbose_name='links not followed'),
        ),
        migrations.AddField(
            model_name='accessibilitystatementpage',
            name='noindex',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to show this page (noindex). It is left out of the sitemap.', verbose_name='not in search engines'),
        ),
        migrations.AddField(
            model_name='formpage',
            name='canonical_link',
            field=models.URLField(blank=True, db_default='', default='', help_text='The full address of the original, if this text was published there first (canonical). Search engines show that page instead of this one, which is left out of the sitemap.', max_length=500, verbose_name='original elsewhere'),
        ),
        migrations.AddField(
            model_name='formpage',
            name='is_unlisted',
            field=models.BooleanField(db_default=False, default=False, help_text='Readers find this page only by links and by the search: not in lists, shelves, feeds, calendars or digests.', verbose_name='not in lists'),
        ),
        migrations.AddField(
            model_name='formpage',
            name='nofollow',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to follow the links of this page (nofollow).', verbose_name='links not followed'),
        ),
        migrations.AddField(
            model_name='formpage',
            name='noindex',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to show this page (noindex). It is left out of the sitemap.', verbose_name='not in search engines'),
        ),
        migrations.AddField(
            model_name='homepage',
            name='canonical_link',
            field=models.URLField(blank=True, db_default='', default='', help_text='The full address of the original, if this text was published there first (canonical). Search engines show that page instead of this one, which is left out of the sitemap.', max_length=500, verbose_name='original elsewhere'),
        ),
        migrations.AddField(
            model_name='homepage',
            name='is_unlisted',
            field=models.BooleanField(db_default=False, default=False, help_text='Readers find this page only by links and by the search: not in lists, shelves, feeds, calendars or digests.', verbose_name='not in lists'),
        ),
        migrations.AddField(
            model_name='homepage',
            name='nofollow',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to follow the links of this page (nofollow).', verbose_name='links not followed'),
        ),
        migrations.AddField(
            model_name='homepage',
            name='noindex',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to show this page (noindex). It is left out of the sitemap.', verbose_name='not in search engines'),
        ),
        migrations.AddField(
            model_name='legalnoticepage',
            name='canonical_link',
            field=models.URLField(blank=True, db_default='', default='', help_text='The full address of the original, if this text was published there first (canonical). Search engines show that page instead of this one, which is left out of the sitemap.', max_length=500, verbose_name='original elsewhere'),
        ),
        migrations.AddField(
            model_name='legalnoticepage',
            name='is_unlisted',
            field=models.BooleanField(db_default=False, default=False, help_text='Readers find this page only by links and by the search: not in lists, shelves, feeds, calendars or digests.', verbose_name='not in lists'),
        ),
        migrations.AddField(
            model_name='legalnoticepage',
            name='nofollow',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to follow the links of this page (nofollow).', verbose_name='links not followed'),
        ),
        migrations.AddField(
            model_name='legalnoticepage',
            name='noindex',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to show this page (noindex). It is left out of the sitemap.', verbose_name='not in search engines'),
        ),
        migrations.AddField(
            model_name='privacynoticepage',
            name='canonical_link',
            field=models.URLField(blank=True, db_default='', default='', help_text='The full address of the original, if this text was published there first (canonical). Search engines show that page instead of this one, which is left out of the sitemap.', max_length=500, verbose_name='original elsewhere'),
        ),
        migrations.AddField(
            model_name='privacynoticepage',
            name='is_unlisted',
            field=models.BooleanField(db_default=False, default=False, help_text='Readers find this page only by links and by the search: not in lists, shelves, feeds, calendars or digests.', verbose_name='not in lists'),
        ),
        migrations.AddField(
            model_name='privacynoticepage',
            name='nofollow',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to follow the links of this page (nofollow).', verbose_name='links not followed'),
        ),
        migrations.AddField(
            model_name='privacynoticepage',
            name='noindex',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to show this page (noindex). It is left out of the sitemap.', verbose_name='not in search engines'),
        ),
        migrations.AddField(
            model_name='sectionpage',
            name='canonical_link',
            field=models.URLField(blank=True, db_default='', default='', help_text='The full address of the original, if this text was published there first (canonical). Search engines show that page instead of this one, which is left out of the sitemap.', max_length=500, verbose_name='original elsewhere'),
        ),
        migrations.AddField(
            model_name='sectionpage',
            name='is_unlisted',
            field=models.BooleanField(db_default=False, default=False, help_text='Readers find this page only by links and by the search: not in lists, shelves, feeds, calendars or digests.', verbose_name='not in lists'),
        ),
        migrations.AddField(
            model_name='sectionpage',
            name='nofollow',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to follow the links of this page (nofollow).', verbose_name='links not followed'),
        ),
        migrations.AddField(
            model_name='sectionpage',
            name='noindex',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to show this page (noindex). It is left out of the sitemap.', verbose_name='not in search engines'),
        ),
        migrations.AddField(
            model_name='sitemappage',
            name='canonical_link',
            field=models.URLField(blank=True, db_default='', default='', help_text='The full address of the original, if this text was published there first (canonical). Search engines show that page instead of this one, which is left out of the sitemap.', max_length=500, verbose_name='original elsewhere'),
        ),
        migrations.AddField(
            model_name='sitemappage',
            name='is_unlisted',
            field=models.BooleanField(db_default=False, default=False, help_text='Readers find this page only by links and by the search: not in lists, shelves, feeds, calendars or digests.', verbose_name='not in lists'),
        ),
        migrations.AddField(
            model_name='sitemappage',
            name='nofollow',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to follow the links of this page (nofollow).', verbose_name='links not followed'),
        ),
        migrations.AddField(
            model_name='sitemappage',
            name='noindex',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to show this page (noindex). It is left out of the sitemap.', verbose_name='not in search engines'),
        ),
        migrations.AddField(
            model_name='standardpage',
            name='canonical_link',
            field=models.URLField(blank=True, db_default='', default='', help_text='The full address of the original, if this text was published there first (canonical). Search engines show that page instead of this one, which is left out of the sitemap.', max_length=500, verbose_name='original elsewhere'),
        ),
        migrations.AddField(
            model_name='standardpage',
            name='is_unlisted',
            field=models.BooleanField(db_default=False, default=False, help_text='Readers find this page only by links and by the search: not in lists, shelves, feeds, calendars or digests.', verbose_name='not in lists'),
        ),
        migrations.AddField(
            model_name='standardpage',
            name='nofollow',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to follow the links of this page (nofollow).', verbose_name='links not followed'),
        ),
        migrations.AddField(
            model_name='standardpage',
            name='noindex',
            field=models.BooleanField(db_default=False, default=False, help_text='Search engines are asked not to show this page (noindex). It is left out of the sitemap.', verbose_name='not in search engines'),
        ),
    ]
