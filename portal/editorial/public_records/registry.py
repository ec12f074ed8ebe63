"""The table of all records that have no drafts and appear in public templates, and the roles that may change them.

docs/administrators.md shows the table; tests compare both with the permissions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone
from wagtail.models import Site
from wagtail.permissions import policy_registry

from portal.content.files.public_use import is_in_public
from portal.content.records.settings import SiteSettings
from portal.editorial.approval.awaited import is_awaited
from portal.editorial.models import Role
from portal.editorial.site_admin.scope import redirects_of


def by_policy(user: Any, record: Any) -> bool:
    policy: Any = policy_registry.get_by_type(type(record))
    return bool(policy.user_has_permission_for_instance(user, "change", record))


def is_used(record: Any) -> bool:
    """Whether a public page, a waiting page or a setting uses the record."""
    return is_in_public(record, timezone.now()) or is_awaited(record)


def own_site(record: Any) -> Iterable[Site]:
    """The record's site, or all sites for a record of the network."""
    return [record.site] if record.site_id else Site.objects.all()


def site_of_files(record: Any) -> Iterable[Site]:
    folders = record.collection.get_ancestors(inclusive=True)
    return [each.site for each in SiteSettings.objects.filter(media_collection__in=folders).select_related("site")]


def site_of_page(restriction: Any) -> Iterable[Site]:
    site = restriction.page.get_site()
    return [site] if site else []


def administers_network(user: Any, record: Any) -> bool:
    return bool(user.is_superuser)


PUBLISHERS = frozenset({Role.APPROVER, Role.SITE_ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.SITE_ADMINISTRATOR})


@dataclass(frozen=True)
class PublicRecord:
    """`model` is a label. `roles` and network administrators may change a published record without review."""

    model: str
    what: str
    roles: frozenset[Role]
    sites: Callable[[Any], Iterable[Site]]
    is_published_record: Callable[[Any], bool] = lambda record: True
    may_change: Callable[[Any, Any], bool] = by_policy

    @property
    def model_class(self) -> type[Model]:
        return apps.get_model(self.model)


PUBLIC_RECORDS = [
    PublicRecord(
        "core.Person", "people: name, role, picture, words and links of their page", PUBLISHERS, own_site, is_used
    ),
    PublicRecord(
        "core.Topic", "topics: name, word in addresses, introduction, picture", ADMINISTRATORS, own_site, is_used
    ),
    PublicRecord("core.MapOutline", "map outlines: borders and lines, credit", ADMINISTRATORS, own_site, is_used),
    PublicRecord("media.Image", "pictures: file, title, alternative text, credit", PUBLISHERS, site_of_files, is_used),
    PublicRecord("media.Document", "documents: file, title", PUBLISHERS, site_of_files, is_used),
    PublicRecord(
        "core.SiteSettings",
        "look, menu, words, footer, notice of the site, contact, counting of readers",
        ADMINISTRATORS,
        own_site,
    ),
    PublicRecord(
        "wagtailredirects.Redirect",
        "redirects",
        ADMINISTRATORS,
        own_site,
        may_change=lambda user, record: redirects_of(user).filter(pk=record.pk).exists(),
    ),
    PublicRecord(
        "wagtailcore.PageViewRestriction",
        "privacy of pages",
        PUBLISHERS,
        site_of_page,
        may_change=lambda user, record: record.page.specific.permissions_for_user(user).can_set_view_restrictions(),
    ),
    PublicRecord(
        "wagtailcore.Site", "hosts and names of sites", frozenset(), lambda site: [site], may_change=administers_network
    ),
    PublicRecord(
        "wagtailcore.Locale",
        "languages",
        frozenset(),
        lambda record: Site.objects.all(),
        may_change=administers_network,
    ),
    PublicRecord(
        "core.NetworkNotice",
        "notice on all sites",
        frozenset(),
        lambda record: Site.objects.all(),
        may_change=administers_network,
    ),
    PublicRecord(
        "wagtailcore.CollectionViewRestriction",
        "privacy of folders of files",
        frozenset(),
        site_of_files,
        may_change=administers_network,
    ),
]

# Models and apps that public templates do not read, or that have their own approval. Each has the reason.
NOT_PUBLIC: dict[str, str] = {
    "accounts.User": "a byline is a person, not an account",
    "audit": "an append-only log for auditors",
    "core.StoryCard": "a copy of a published page, created by its publication",
    "core.Placement": "a copy of a published page, created by its publication",
    "core.UnindexedPage": "a copy of a field of a published page, written by its publication",
    "core.ContentChange": "a number written by database triggers",
    "core.PeriodicRun": "when a task ran",
    "core.MaintenanceRun": "the last run of a backup or check",
    "core.SchedulerPause": "the pause of the scheduler",
    "core.ConsentVersion": "a copy of the consent text that a reader agreed to",
    "core.FurtherHost": "a further host, which a network administrator adds, or the renaming of a site",
    "core.RemovedAddress": "the URL of a deleted page",
    "core.DeletedRecord": "copies of deleted records, for the newsroom's trash",
    "core.TrashedPage": "which pages are in the trash, and who deleted them",
    "core.NetworkRetention": "periods in days, which network administrators set",
    "core.Share": "a page of another site: offered by one publisher, accepted by another",
    "media.Rendition": "a copy of a picture",
    "media.FileEmbargo": "the files of pages under embargo",
    "editorial": "the newsroom's own records",
}


def record_of(model: type[Model]) -> PublicRecord | None:
    return next((each for each in PUBLIC_RECORDS if each.model_class is model), None)
