from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moving', '0003_revisions'),
    ]

    operations = [
        migrations.AddField(
            model_name='importsource',
            name='choices',
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
