"""The periodic task that checks the network's hosts."""

from datetime import datetime, timedelta

from portal.platform.tasks.periodic import periodic
from portal.sites.hosts.checking import check_due_hosts


@periodic(every=timedelta(minutes=5))
def check_hosts(now: datetime) -> None:
    check_due_hosts(now)
