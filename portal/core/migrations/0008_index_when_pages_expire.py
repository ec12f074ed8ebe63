from django.db import migrations


class Migration(migrations.Migration):
    """Every worker asks which page expires next, and the scheduler which have: Wagtail's own table has no index."""

    dependencies = [
        ("core", "0007_give_each_site_its_media"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX core_page_by_expiry ON wagtailcore_page (expire_at) WHERE expire_at IS NOT NULL",
            "DROP INDEX core_page_by_expiry",
        ),
    ]
