"""Imports a list of subscribers in batches in the background."""

from collections.abc import Iterable, Sequence
from itertools import batched

from django.db.models import QuerySet
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.newsletter.importing.lists import ImportedSubscriber, parse_time
from portal.newsletter.issuing import edition_containing
from portal.newsletter.models import NewsletterPage, Rhythm
from portal.newsletter.subscribers.subscription import SubscriptionChoice, add_imported
from portal.platform.addresses import address_key
from portal.platform.tasks.durable import BACKEND, durable

BATCH_SIZE = 500


def enqueue_import(
    newsletter: NewsletterPage, subscribers: Sequence[ImportedSubscriber], rhythm: str, proof: str, username: str
) -> int:
    """Queue the import of a list and return its length; `username`, who imports it, is added to the proof."""
    for batch in batched(subscribers, BATCH_SIZE):
        rows = [[subscriber.address, subscriber.consented_at] for subscriber in batch]
        import_batch.enqueue(newsletter.pk, rows, rhythm, f"{proof}\n[{username}]")
    return len(subscribers)


@durable
def import_batch(newsletter_key: int, subscribers: list[list[str]], rhythm: str, proof: str) -> None:
    newsletter = NewsletterPage.objects.select_related("locale").get(pk=newsletter_key)
    import_subscribers(newsletter, [ImportedSubscriber(*subscriber) for subscriber in subscribers], rhythm, proof)


def import_subscribers(
    newsletter: NewsletterPage, subscribers: Iterable[ImportedSubscriber], rhythm: str, proof: str
) -> dict[str, int]:
    """Import a list and return how many were `added`, were `known`, or had `left` and stay unsubscribed. Idempotent."""
    counts = {"added": 0, "known": 0, "left": 0}
    edition = edition_containing(newsletter)
    if edition is None:
        raise LookupError(f"{newsletter} belongs to no site.")
    now = timezone.now()
    choice = SubscriptionChoice(language=newsletter.locale.language_code, rhythm=Rhythm(rhythm))
    for subscriber in subscribers:
        agreed_at = parse_time(subscriber.consented_at)
        counts[add_imported(edition.site, subscriber.address, choice, proof, agreed_at, now)] += 1
    return counts


def imports_with(address: str) -> QuerySet[DBTaskResult]:
    """The queued and finished batches that contain an address."""
    batches = DBTaskResult.objects.filter(backend_name=BACKEND, task_path=import_batch.module_path)
    key = address_key(address)
    # There are few: each is deleted a fortnight after it has finished.
    found = [
        batch.pk
        for batch in batches.exclude(status=TaskResultStatus.RUNNING).iterator(chunk_size=20)
        if any(address_key(row[0]) == key for row in batch.args_kwargs["args"][1])
    ]
    return batches.filter(pk__in=found)


def forget_imported(batches: Iterable[DBTaskResult], address: str) -> None:
    key = address_key(address)
    for batch in batches:
        arguments = batch.args_kwargs["args"]
        arguments[1] = [row for row in arguments[1] if address_key(row[0]) != key]
        batch.save(update_fields=["args_kwargs"])
