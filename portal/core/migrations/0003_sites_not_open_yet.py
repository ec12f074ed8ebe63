from django.contrib.auth.hashers import make_password
from django.db import migrations, models


def hash_shared_passwords(apps, schema_editor):
    for name in ("PageViewRestriction", "CollectionViewRestriction"):
        for rule in apps.get_model("wagtailcore", name).objects.filter(restriction_type="password"):
            rule.password = make_password(rule.password)
            rule.save(update_fields=["password"])


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_initial'),
    ]

    operations = [
        migrations.RunPython(hash_shared_passwords, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='sitesettings',
            name='is_unlisted',
            field=models.BooleanField(default=False, help_text='Hidden from search engines and from the other sites of the network; whoever has the address reads it.', verbose_name='not open yet'),
        ),
    ]
