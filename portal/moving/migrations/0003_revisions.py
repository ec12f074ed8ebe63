from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moving', '0002_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrun',
            name='with_revisions',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
