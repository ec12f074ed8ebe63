"""The dashboard list of proposed roles, for the administrators who can confirm them."""

from collections.abc import Iterator
from itertools import islice

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.names import name_of
from portal.editorial.accounts.proposals import reason_against_confirming, role_of
from portal.editorial.dashboard.lists import LIST_LENGTH, Dashboard, DashboardRow, dashboard_list
from portal.editorial.records.accounts import RoleProposal
from portal.editorial.site_admin.scope import administers_any, proposals_at_sites_of


@dashboard_list(
    heading=_("Roles to confirm"), order=15, subject_label=_("Person"), date_label=_("Waiting since"), waits=True
)
def roles_to_confirm(dashboard: Dashboard) -> Iterator[DashboardRow]:
    """Oldest first. Each links to the person's page, where it is confirmed or turned down."""
    user = dashboard.user
    if not administers_any(user):
        return
    proposals = proposals_at_sites_of(user).order_by("proposed_at", "pk")
    able = (each for each in proposals if not reason_against_confirming(each, user))
    for proposal in islice(able, LIST_LENGTH + 1):
        yield DashboardRow(
            name_of(proposal.account),
            _path(proposal),
            reverse("site_accounts_edit", args=[proposal.account_id]),
            date=proposal.proposed_at,
            person=name_of(proposal.proposed_by),
            note=role_of(proposal),
        )


def _path(proposal: RoleProposal) -> str:
    """The tree path of the site's home page; empty for a group without a site."""
    role = getattr(proposal.group, "newsroom_role", None)
    return role.site.root_page.path if role else ""
