from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sheets", "0003_status_and_person")]
    operations = [migrations.AddField("sheetrequest", "colour", models.CharField(max_length=10, db_default="red"))]
