import django.db.models.deletion
import wagtail.fields
from django.db import migrations, models
from django.utils.text import slugify
from wagtail.coreutils import string_to_ascii


def address_people(apps, schema_editor):
    """Give everybody a slug that nobody else of the installation has."""
    taken = set()
    for person in apps.get_model("core", "Person").objects.order_by("pk").only("pk", "name", "slug"):
        wanted = slugify(string_to_ascii(person.name))[:72].strip("-") or "person"
        slug, number = wanted, 1
        while slug in taken:
            number += 1
            slug = f"{wanted}-{number}"
        taken.add(slug)
        person.slug = slug
        person.save(update_fields=["slug"])


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0003_sites_not_open_yet'),
        ('media', '0003_files_by_their_names'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='former_slugs',
            field=models.TextField(blank=True, default='', editable=False),
        ),
        migrations.AddField(
            model_name='person',
            name='has_page',
            field=models.BooleanField(default=True, help_text='With their stories, at every site that has one; their name above a story leads there.', verbose_name='has a page of their own'),
        ),
        migrations.AddField(
            model_name='person',
            name='links',
            field=wagtail.fields.StreamField([('account', 2), ('link', 4)], blank=True, block_lookup={0: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('linkedin', 'LinkedIn'), ('facebook', 'Facebook'), ('x', 'X'), ('instagram', 'Instagram'), ('youtube', 'YouTube'), ('mastodon', 'Mastodon'), ('bluesky', 'Bluesky')], 'label': 'Network'}), 1: ('wagtail.blocks.URLBlock', (), {'label': 'Address'}), 2: ('wagtail.blocks.StructBlock', [[('network', 0), ('url', 1)]], {}), 3: ('wagtail.blocks.CharBlock', (), {'label': 'Label'}), 4: ('wagtail.blocks.StructBlock', [[('url', 1), ('label', 3)]], {})}, verbose_name='links'),
        ),
        migrations.AddField(
            model_name='person',
            name='slug',
            field=models.SlugField(blank=True, help_text='The last part of its address. Empty: the name.', max_length=80, verbose_name='slug'),
        ),
        migrations.AddField(
            model_name='person',
            name='words',
            field=wagtail.fields.StreamField([('words', 3)], blank=True, block_lookup={0: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('fr', 'Français'), ('de', 'Deutsch'), ('en', 'English')], 'label': 'Language'}), 1: ('wagtail.blocks.CharBlock', (), {'help_text': 'Empty: the role above, in its own language.', 'label': 'Role', 'max_length': 160, 'required': False}), 2: ('wagtail.blocks.TextBlock', (), {'help_text': 'Who this is and what they write about.', 'label': 'Short text', 'max_length': 600, 'required': False}), 3: ('wagtail.blocks.StructBlock', [[('language', 0), ('role', 1), ('text', 2)]], {})}, help_text='Role and a short text, once for each language.', verbose_name='words'),
        ),
        migrations.AddField(
            model_name='topic',
            name='former_slugs',
            field=models.TextField(blank=True, default='', editable=False),
        ),
        migrations.AddField(
            model_name='topic',
            name='introduction',
            field=models.TextField(blank=True, help_text='One to three sentences at the head of its page.', max_length=400, verbose_name='introduction'),
        ),
        migrations.AddField(
            model_name='topic',
            name='picture',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='media.image', verbose_name='picture'),
        ),
        migrations.AlterField(
            model_name='topic',
            name='slug',
            field=models.SlugField(blank=True, help_text='The last part of its address. Empty: the name.', max_length=80, verbose_name='slug'),
        ),
        migrations.RunPython(address_people, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(fields=('site', 'slug'), name='core_person_slug_once_per_site'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(condition=models.Q(('site', None)), fields=('slug',), name='core_person_slug_once_in_the_network'),
        ),
    ]
