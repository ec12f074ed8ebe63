"""Adds to a new story's byline the person record with the same name as the writer's account."""

from typing import Any

from portal.accounts.names import name_of
from portal.content.kinds import Listed, kinds
from portal.content.records.people import Byline, Person


def own_record(user: Any, place: Any) -> Person | None:
    """The person with the account's name, of the site or else of the network; None if there are several."""
    if not user.get_full_name():
        return None
    namesakes = list(Person.objects.filter(name__iexact=name_of(user).strip()))
    site = place.get_site() if namesakes else None
    available = [person for person in namesakes if site and person.site_id in (None, site.pk)]
    own = [person for person in available if person.site_id] or available
    return own[0] if len(own) == 1 else None


def sign_new_page(sender: type, page: Any, parent: Any, **kwargs: Any) -> None:
    """Receiver of Wagtail's `init_new_page`: add the writer to a new story's byline."""
    if any(kind.model is type(page) for kind in kinds(Listed.STORIES)) and (person := own_record(page.owner, parent)):
        page.bylines = [Byline(person=person, sort_order=0)]
