"""A deletion, a restoring or an emptying that is killed (kill -9) at any statement has changed nothing."""

import json

from tests.builders import make_article, make_image, make_person, make_site, media_collection
from tests.database_copies import finished

# Does each act in forked processes, which are killed before one of its statements; the last one is not. Prints for each
# act how many were killed, and the keys of people, bylines, pictures and entries in the trash afterwards.
RUN = """
import json
from datetime import timedelta
from django.utils import timezone
from portal.content.records.people import Byline, Person
from portal.content.records.trash import DeletedRecord
from portal.editorial.trash.deleting import empty_by_age
from portal.editorial.trash.records import put_record_into_trash, restore_record
from portal.media.models import Image
from tests.database_copies import killed

def delete():
    for record in (*Person.objects.all(), *Image.objects.filter(title="Feu")):
        put_record_into_trash(record)

def restore():
    for entry in DeletedRecord.objects.filter(model="core.Person"):
        restore_record(entry)

def empty():
    empty_by_age(timezone.now() + timedelta(days=1000))

def seen():
    entries = DeletedRecord.objects.order_by("pk")
    return [Person.objects.count(), Byline.objects.count(), Image.objects.filter(title="Feu").count(), [each.title for each in entries]]

states = []
for act, lasts in ((delete, (1, 4, 8, 16)), (restore, (1, 4, 8, 16)), (empty, (1, 2))):
    ends = [killed(act, last) for last in lasts]
    states.append([ends, seen()])
    killed(act)
    states.append(seen())
print(json.dumps(states))
"""


def test_killed_act_has_changed_nothing(installation, db):
    with installation.here():
        ground = make_site("lorraine.localhost")
        make_article(ground.section, "La forge", authors=[make_person("Claire Humbert", site=ground.site)])
        make_image("Feu", collection=media_collection(ground.site))

    output = finished(installation.start("manage.py", "shell", "--no-imports", "-v0", "-c", RUN))
    killed_deletions, deleted, killed_restorings, restored, killed_emptyings, emptied = json.loads(output)

    there, in_trash = [1, 1, 1, []], [0, 0, 0, ["Claire Humbert", "Feu"]]
    assert killed_deletions == [[True] * 4, there]
    assert deleted == in_trash
    assert killed_restorings == [[True] * 4, in_trash]
    assert restored == [1, 1, 0, ["Feu"]]
    assert killed_emptyings == [[True] * 2, restored]
    assert emptied == [1, 1, 0, []]
