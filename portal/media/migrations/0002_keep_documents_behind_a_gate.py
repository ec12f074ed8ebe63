from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="is_gated",
            field=models.BooleanField(
                default=False,
                help_text="Readers get it by a link in a mail that they ask for; its own address gives nothing.",
                verbose_name="by mail only",
            ),
        ),
    ]
