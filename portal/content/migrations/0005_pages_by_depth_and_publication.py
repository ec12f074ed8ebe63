from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0004_marks_of_content_changes")]

    # Wagtail's own table has no index for the pages just below another, nor for those that were published last: of
    # 100,000 pages, choosers, lists of the newsroom and its first page would read all.
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
