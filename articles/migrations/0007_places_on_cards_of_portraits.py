from django.db import migrations
from django.db.models import OuterRef, Subquery


def copy_places(apps, schema_editor):
    """The cards of portraits say where they take place, without publishing them again."""
    portraits = apps.get_model("articles", "PortraitPage").objects.exclude(place="")
    place = portraits.filter(pk=OuterRef("page_id")).values("place")
    apps.get_model("core", "StoryCard").objects.filter(page__in=portraits.values("pk")).update(place=Subquery(place))


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0006_place_of_an_article"),
        ("core", "0019_places_on_cards_and_maps_of_a_site"),
    ]

    operations = [migrations.RunPython(copy_places, migrations.RunPython.noop, elidable=True)]
