"""The checklist that counts on a site: its own choices, the network's defaults, and the locked lines."""

from typing import Any

from portal.content.network.rules import in_force
from portal.editorial.approval.checklist import Level
from portal.editorial.records.site_checklist import SiteChecklist

# The lines that need a limit. A locked line has the limit of the network, too.
LIMITED = {"title_length": "longest_title", "standfirst_length": "longest_standfirst"}


def network_checklist() -> SiteChecklist:
    return SiteChecklist.objects.filter(site=None).order_by("pk").first() or SiteChecklist()


def level_in(stored: Any, code: str, kind: str) -> Level | None:
    """The stored level of a line, or None if there is none or, in an imported site, one that does not exist."""
    found = _levels(stored, code).get(kind)
    return Level(found) if found in list(Level) else None


def _levels(stored: Any, code: str) -> dict[str, Any]:
    row = stored.get(code) if isinstance(stored, dict) else None
    return row if isinstance(row, dict) else {}


def checklist_in_force(own: SiteChecklist | None, network: SiteChecklist | None) -> SiteChecklist:
    """An unsaved checklist with the levels and limits that count, and the site's words to avoid."""
    own, network = own or SiteChecklist(), network or SiteChecklist()
    codes = {*own.levels, *network.levels, *network.locked}
    levels = {}
    for code in codes:
        ours, theirs = _levels(own.levels, code), _levels(network.levels, code)
        # Of a locked line, the levels that the network leaves at the default are locked as well.
        levels[code] = theirs if code in network.locked else theirs | ours
    counts = SiteChecklist(levels=levels, words=own.words)
    for code, limit in LIMITED.items():
        values = getattr(own, limit), getattr(network, limit)
        setattr(counts, limit, in_force(*values, is_locked=code in network.locked))
    return counts
