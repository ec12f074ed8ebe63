from django.db import migrations


class Migration(migrations.Migration):
    """The table stays, because the previous version still uses it during an upgrade."""

    dependencies = [
        ("core", "0005_pages_by_depth_and_publication"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="ContentVersion")]),
    ]
