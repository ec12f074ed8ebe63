from django.db import migrations


class Migration(migrations.Migration):
    """The table stays: the version before still reads and writes it while an upgrade goes on."""

    dependencies = [
        ("core", "0005_pages_by_depth_and_publication"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="ContentVersion")]),
    ]
