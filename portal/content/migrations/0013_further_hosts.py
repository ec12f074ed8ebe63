from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0012_records_in_the_trash"),
    ]

    operations = [
        # The table has the same name and columns as before, because the previous version still reads it.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("FormerHost", "FurtherHost"),
                migrations.AlterModelTable("FurtherHost", "core_formerhost"),
                migrations.AlterModelOptions(
                    "FurtherHost", {"verbose_name": "further host", "verbose_name_plural": "further hosts"}
                ),
            ],
        ),
    ]
