"""The dashboard's list of live coverages with entries that wait for this person."""

from collections.abc import Iterator

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, ngettext

from articles.live.approving import may_approve
from articles.live.pages import LivePage
from articles.live.records import LiveText
from portal.content.visibility import in_trash
from portal.editorial.dashboard.lists import Dashboard, DashboardRow, dashboard_list


@dashboard_list(
    heading=_("Live entries to approve"),
    order=14,
    subject_label=_("Live coverage"),
    date_label=_("Waiting since"),
    waits=True,
)
def live_entries_to_approve(dashboard: Dashboard) -> Iterator[DashboardRow]:
    """Yield the coverages with texts that somebody else wrote, the longest waiting first."""
    permitted = dashboard.work_area.page_condition(path="entry__page__path", owner="entry__page__owner")
    texts = LiveText.objects.filter(permitted, ~in_trash("entry__page__"), state=LiveText.State.WAITING)
    waiting = texts.exclude(written_by=dashboard.user).order_by().values("entry__page")
    found = {row["entry__page"]: row for row in waiting.annotate(number=Count("pk"), since=Min("written_at"))}
    if not found:
        return
    pages = LivePage.objects.filter(pk__in=list(found)).defer_streamfields()
    for page in sorted(pages, key=lambda page: found[page.pk]["since"]):
        # Coverages with waiting entries are rare, so each is checked separately.
        if may_approve(page, dashboard.user):
            number = found[page.pk]["number"]
            note = ngettext("%(number)d entry", "%(number)d entries", number) % {"number": number}
            url = reverse("live:entries", args=[page.pk])
            yield DashboardRow(page.draft_title, page.path, url, date=found[page.pk]["since"], note=note)
