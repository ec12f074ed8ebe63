"""Who may do what with newsletters; every view, menu item and button of the newsletter uses these rules."""

from typing import Any

from django.db.models import QuerySet
from wagtail.models import Site

from portal.editorial.reader_data import may_read_reader_data, reader_data_sites
from portal.newsletter.models import NewsletterPage, Sending


def sites_managed_by(user: Any) -> QuerySet[Site]:
    """The sites whose subscribers the user may see, import, unsubscribe and erase: those that they administer.

    Other roles of the newsroom do not see readers' addresses.
    """
    return reader_data_sites(user)


def may_manage(user: Any, site: Site) -> bool:
    return sites_managed_by(user).filter(pk=site.pk).exists()


def newsletters_of(user: Any) -> list[NewsletterPage]:
    """The newsletters that the user may write issues of; they may also see the reports, which have no addresses."""
    pages = list(NewsletterPage.objects.select_related("locale").order_by("path"))
    homes = tuple(home.path for home in _homes(user)) if pages and may_read_reader_data(user) else ()
    return [page for page in pages if page.path.startswith(homes) or page.permissions_for_user(user).can_add_subpage()]


def _homes(user: Any) -> list[Any]:
    sites = sites_managed_by(user).select_related("root_page")
    return [home for site in sites for home in site.root_page.get_translations(inclusive=True)]


def may_see(user: Any, sending: Sending) -> bool:
    return sending.newsletter_id in {newsletter.pk for newsletter in newsletters_of(user)}


def may_control(user: Any, sending: Sending) -> bool:
    """Whether the user may pause, resume and stop a sending, as an administrator of its site."""
    return may_manage(user, sending.site)
