"""The mail about a new proposal to the people who can take it up, one for each proposal and person."""

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy as _

from events.records import Proposal
from portal.content.mail import compose, enqueue
from portal.editorial.mails.page_mails import admin_url
from portal.editorial.people import exclude_invited, language_of, may_add_below, may_add_here, recipients


def announce(proposal: Proposal) -> None:
    """Enqueue the mails about a proposal that has just been confirmed, in the caller's transaction.

    Whoever gets no mails about submitted texts gets none of these. They do not name the sender: only administrators
    of the site see readers' names and addresses.
    """
    calendar, site = proposal.calendar, proposal.site
    people = recipients(exclude_invited(may_add_here(calendar)), calendar, None, "submitted", may_add_below)
    context = {
        "is_recap": proposal.is_recap,
        "title": proposal.title,
        "standfirst": proposal.standfirst,
        "organisation": proposal.organisation,
        "calendar": calendar.get_admin_display_title(),
        "link": admin_url(reverse("proposal", args=[proposal.pk])),
        "link_label": _("Read the proposal"),
    }
    enqueue(
        compose(
            "proposal_arrived",
            context,
            to=person.email,
            language=language_of(person, site) or get_language() or "",
            site=site,
            at_most_once=True,
        )
        for person in people
    )
