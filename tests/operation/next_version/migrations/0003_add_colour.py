from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sheets", "0002_pages_hidden_from_search_engines")]
    operations = [migrations.AddField("sheetrequest", "colour", models.CharField(max_length=10, db_default="red"))]
