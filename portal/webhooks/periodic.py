"""The periodic task that deletes old entries of the log."""

from datetime import datetime, timedelta

from portal.platform.tasks.periodic import periodic
from portal.webhooks.models import WebhookDelivery


@periodic(every=timedelta(hours=6))
def delete_old_deliveries(now: datetime) -> None:
    WebhookDelivery.objects.old(now).delete()
