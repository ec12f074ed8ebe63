from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sheets", "0001_initial")]
    operations = [migrations.AddField("sheetrequest", "colour", models.CharField(max_length=10, db_default="red"))]
