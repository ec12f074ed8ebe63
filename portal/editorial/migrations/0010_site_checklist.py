import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0009_releases'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.CreateModel(
            name='SiteChecklist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('levels', models.JSONField(default=dict, verbose_name='lines')),
                ('longest_title', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(10), django.core.validators.MaxValueValidator(400)], verbose_name='maximum length of the title, in characters')),
                ('longest_standfirst', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(10), django.core.validators.MaxValueValidator(400)], verbose_name='maximum length of the standfirst, in characters')),
                ('words', models.JSONField(default=dict, verbose_name='words to avoid')),
                ('site', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='checklist', to='wagtailcore.site')),
            ],
            options={
                'verbose_name': 'checklist of the site',
                'verbose_name_plural': 'checklists of the sites',
            },
        ),
    ]
