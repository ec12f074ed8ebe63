from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0004_marks_of_content_changes")]

    # Wagtail's own table has no index for the children of a page, nor for the last published pages: choosers, lists and
    # the dashboard would read all of 100,000 pages.
    operations = [
        migrations.RunSQL(
            f"CREATE INDEX {name} ON wagtailcore_page ({columns})",
            f"DROP INDEX {name}",
        )
        for name, columns in (
            ("core_page_by_depth", "depth, path"),
            ("core_page_by_publication", "last_published_at"),
        )
    ]
