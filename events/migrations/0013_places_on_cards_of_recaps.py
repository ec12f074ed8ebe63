from django.db import migrations
from django.db.models import OuterRef, Subquery


def copy_places(apps, schema_editor):
    """The cards of recaps say where they take place, without publishing them again."""
    recaps = apps.get_model("events", "RecapPage").objects.exclude(place="")
    place = recaps.filter(pk=OuterRef("page_id")).values("place")
    apps.get_model("core", "StoryCard").objects.filter(page__in=recaps.values("pk")).update(place=Subquery(place))


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0012_period_of_all_sites"),
        ("core", "0019_places_on_cards_and_maps_of_a_site"),
    ]

    operations = [migrations.RunPython(copy_places, migrations.RunPython.noop, elidable=True)]
