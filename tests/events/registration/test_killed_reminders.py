"""If a reminder process is killed (kill -9) at any statement, the next run continues: each person gets one reminder."""

import json
from collections import Counter
from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from events.models import Registration
from portal.content.mail import deliver
from tests.builders import make_site
from tests.database_copies import finished
from tests.events.registering import book, make_bookable

PEOPLE = [f"lectrice-{number}" for number in range(5)]

# Sends reminders in forked processes. All but the last are killed, each before a different statement. Prints whether
# each of them was killed, how many reminders they had queued, and whether the last one was killed.
RUN = """
import json
from django_tasks_db.models import DBTaskResult
from events.registration.reminders import remind_of_event
from portal.content.mail import deliver
from tests.database_copies import killed

def remind():
    remind_of_event.func(EVENT)

ends = [killed(remind, last) for last in (5, 20, 38, 40, 42)]
queued = DBTaskResult.objects.filter(task_path=deliver.module_path).count()
print(json.dumps([ends, queued, killed(remind)]))
"""


def reminders() -> Counter[str]:
    mails = DBTaskResult.objects.filter(task_path=deliver.module_path).values_list("args_kwargs", flat=True)
    return Counter(mail["args"][0]["to"].partition("@")[0] for mail in mails)


def test_killed_reminders_reach_everybody_once(installation, db):
    with installation.here():
        ground, other = make_site("lorraine.localhost"), make_site("saar.localhost")
        start = timezone.now() + timedelta(hours=5)
        event = make_bookable(ground.calendar, "Rencontre", start=start, end=start + timedelta(hours=2))
        decoy = make_bookable(other.calendar, "Ailleurs", start=start, end=start + timedelta(hours=2))
        for page, names in ((event, PEOPLE), (decoy, ["decoy"])):
            for name in names:
                book(page, name)
        Registration.objects.update(last_mailed_at=timezone.now() - timedelta(days=10))
        DBTaskResult.objects.all().delete()

    code = RUN.replace("EVENT", str(event.pk))
    output = finished(installation.start("manage.py", "shell", "--no-imports", "-v0", "-c", code))
    killed, queued, last = json.loads(output)

    assert all(killed)
    assert last is False
    assert 0 < queued < len(PEOPLE)
    with installation.here():
        assert reminders() == Counter(PEOPLE)
