from django.conf import settings
from django.db import migrations


def fail(apps, schema_editor):
    if getattr(settings, "FAIL_TO_UPGRADE", False):
        raise ValueError("what nobody had thought of")


class Migration(migrations.Migration):
    dependencies = [("sheets", "0004_add_colour")]
    operations = [migrations.RunPython(fail, migrations.RunPython.noop)]
