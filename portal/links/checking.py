"""Reads the links of public pages, and checks them one after the other, politely."""

from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import urljoin, urlsplit

from django.db import transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page

from events.importing.fetch import REDIRECT_STATUSES, FetchError, PrivateHostError, response_to
from portal.content.pages.pages import PortalPage
from portal.content.records.privacy import restricted_paths
from portal.content.visibility import public_keys
from portal.links.extracting import outgoing_links
from portal.links.models import CheckedLink, LinkPlace
from portal.platform.tasks.durable import durable

SECONDS = 10.0
MAX_REDIRECTS = 5
# The pause before the next link, and before the next one of the same host.
PAUSE, HOST_PAUSE = timedelta(seconds=2), timedelta(seconds=30)
AGAIN_IF_IT_WORKS, AGAIN_IF_NOT = timedelta(days=14), timedelta(days=1)
# The number of failed checks, one a day, after which a link is broken.
CHECKS_IF_GONE, CHECKS_IF_SILENT = 2, 3
GONE = (404, 410)
# Many servers respond to programs with these, although people see the page.
REFUSED = (401, 403, 405, 406, 407, 429, 451, 999)
# A server that does not support HEAD may respond with these.
TRY_GET = (400, 403, 404, 405, 406, 500, 501, 503)
# Other tasks, such as mails, run first.
PRIORITY = -50


@durable
def read_links(keys: list[int]) -> None:
    """Store the links of these pages; delete those of pages that are not public."""
    now = timezone.now()
    pages = {page.pk: page for page in Page.objects.filter(pk__in=keys).specific()}
    public, private = public_keys(pages.values(), now), tuple(restricted_paths())
    for key in keys:
        page = pages.get(key)
        is_shown = isinstance(page, PortalPage) and key in public and not page.path.startswith(private)
        _note(key, outgoing_links(page) if page and is_shown and not page.alias_of_id else {})


@transaction.atomic
def _note(key: int, links: dict[str, str]) -> None:
    rows = [CheckedLink(url=url, host=str(urlsplit(url).hostname)[:253]) for url in links]
    CheckedLink.objects.bulk_create(rows, ignore_conflicts=True)
    known = dict(CheckedLink.objects.filter(url__in=links).values_list("url", "pk"))
    LinkPlace.objects.filter(page=key).delete()
    places = [LinkPlace(page_id=key, link_id=known[url], path=path) for url, path in links.items() if url in known]
    LinkPlace.objects.bulk_create(places)


def start_checking(now: datetime) -> None:
    """Start checking the links that are due, unless this is in progress."""
    waiting = [TaskResultStatus.READY, TaskResultStatus.RUNNING]
    is_going_on = DBTaskResult.objects.filter(task_path=check_next_link.module_path, status__in=waiting).exists()
    if not is_going_on and CheckedLink.objects.due(now).exists():
        check_next_link.using(priority=PRIORITY).enqueue()


@durable
def check_next_link() -> None:
    """Check one link, and queue the next, so that other tasks run in between."""
    now = timezone.now()
    recent = CheckedLink.objects.filter(checked_at__gt=now - HOST_PAUSE).values("host")
    link = CheckedLink.objects.due(now).exclude(host__in=recent).first()
    # If the process ends during the check, the link is checked again tomorrow.
    if link and CheckedLink.objects.filter(pk=link.pk, next_check=link.next_check).update(
        checked_at=now, next_check=now + AGAIN_IF_NOT
    ):
        check(link, now)
    if CheckedLink.objects.due(now).exists():
        pause = PAUSE if link else HOST_PAUSE
        check_next_link.using(run_after=timezone.now() + pause, priority=PRIORITY).enqueue()


def check(link: CheckedLink, now: datetime) -> None:
    """Check a link, and save the result."""
    link.checked_at, link.status, link.reason = now, 0, ""
    try:
        link.status = status_of(link.url)
        works = link.status < 400 or link.status in REFUSED
    except PrivateHostError:
        # Readers inside the organisation may reach it.
        works = True
    except FetchError as error:
        works, link.reason = False, str(error)[:300]
    link.failures = 0 if works else link.failures + 1
    link.next_check = now + (AGAIN_IF_IT_WORKS if works else AGAIN_IF_NOT)
    if works:
        link.broken_since = None
    elif link.failures >= (CHECKS_IF_GONE if link.status in GONE else CHECKS_IF_SILENT):
        link.broken_since = link.broken_since or now
    link.save()


def status_of(url: str) -> int:
    """The status at the end of the redirects. Raises FetchError."""
    deadline = monotonic() + SECONDS
    for _hop in range(MAX_REDIRECTS + 1):
        status, target = _ask("HEAD", url, deadline)
        if status in TRY_GET:
            status, target = _ask("GET", url, deadline)
        if status not in REDIRECT_STATUSES or not target:
            return status
        try:
            url = urljoin(url, target)
        except ValueError as error:
            raise FetchError(_("This is not the address of a file on the internet.")) from error
    return status


def _ask(method: str, url: str, deadline: float) -> tuple[int, str]:
    """The response's status and the target of a redirect. The body is not read."""
    headers = {"User-Agent": "Portal (checks links)", "Accept": "*/*"}
    with response_to(method, url, headers, deadline=deadline) as response:
        return int(response.status), response.getheader("Location") or ""
