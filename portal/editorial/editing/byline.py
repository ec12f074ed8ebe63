"""The byline of a new story is its writer's own person record, the one with the name of the account."""

from typing import Any

from portal.accounts.names import name_of
from portal.content.kinds import Listed, kinds
from portal.content.records.people import Byline, Person


def own_record(user: Any, place: Any) -> Person | None:
    """The person of this site, or else of the network, with the name of an account; None if several have it."""
    if not user.get_full_name():
        return None
    namesakes = list(Person.objects.filter(name__iexact=name_of(user).strip()))
    site = place.get_site() if namesakes else None
    available = [person for person in namesakes if site and person.site_id in (None, site.pk)]
    own = [person for person in available if person.site_id] or available
    return own[0] if len(own) == 1 else None


def sign_new_page(sender: type, page: Any, parent: Any, **kwargs: Any) -> None:
    """Receiver of Wagtail's `init_new_page`: sign a new story with the name of its writer."""
    if any(kind.model is type(page) for kind in kinds(Listed.STORIES)) and (person := own_record(page.owner, parent)):
        page.bylines = [Byline(person=person, sort_order=0)]
