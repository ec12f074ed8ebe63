"""The roles of a site's newsroom: one table of who may do what, and the groups that carry it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.models import Group, Permission
from django.db import models, transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    GroupSitePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
    get_page_models,
)

from portal.core.models import PortalPage, SiteSettings
from portal.editorial.models import FourEyesTask, Role, RoleGroup, SectionReviewTask

__all__ = [
    "RIGHTS",
    "Rights",
    "RightsScope",
    "Role",
    "group_of",
    "groups_of",
    "homes_of",
    "media_collection",
    "section_group",
    "set_up_newsroom",
]


class RightsScope:
    """Where the page rights of a role hold; in all languages of the site, whichever it is."""

    SITE = "site"
    SECTION = "section"
    # The pages below which a section's organisers write: nothing but events and recaps can be created there.
    CALENDARS = "calendars"


@dataclass(frozen=True)
class Rights:
    """What a role may do: with pages at and below its places, with its site's media, settings, people and redirects.

    `add` alone means: add pages, and change or delete one's own as long as they are not live. `publish` also means to
    take down, to set privacy, to schedule, and to move what is live. Whoever holds it is bound by the four-eyes rule.
    """

    reach: str
    pages: frozenset[str]
    media: frozenset[str] = field(default=frozenset({"add", "choose"}))
    # With the names of the site's people, who stand above stories.
    people: frozenset[str] = frozenset()
    # Makes translations of pages, where both the page and its place in the other language may be changed.
    translates: bool = False
    # Asked by the site's workflow to approve.
    approves: bool = False
    # The site's settings and navigation, its redirects, its people and their roles.
    administers: bool = False


RIGHTS = {
    Role.EDITOR: Rights(
        RightsScope.SITE,
        frozenset({"add", "change"}),
        media=frozenset({"add", "change", "choose"}),
        people=frozenset({"add", "change"}),
        translates=True,
    ),
    Role.REVIEWER: Rights(
        RightsScope.SECTION,
        frozenset({"add", "change"}),
        media=frozenset({"add", "change", "choose"}),
        people=frozenset({"add", "change"}),
        translates=True,
    ),
    Role.APPROVER: Rights(
        RightsScope.SITE,
        frozenset({"add", "change", "lock", "publish"}),
        media=frozenset({"add", "change", "choose"}),
        people=frozenset({"add", "change"}),
        translates=True,
        approves=True,
    ),
    Role.ORGANISER: Rights(RightsScope.CALENDARS, frozenset({"add"})),
    # Gives roles to others, and so holds whatever those may do; the rule of two binds them like everyone.
    Role.SITE_ADMINISTRATOR: Rights(
        RightsScope.SITE,
        frozenset({"add", "change", "lock", "unlock", "publish", "bulk_delete"}),
        media=frozenset({"add", "change", "delete", "choose"}),
        people=frozenset({"add", "change", "delete"}),
        translates=True,
        administers=True,
    ),
}
# Names that stand in a chooser: without the right to see them, it is empty.
CATALOGUE = [("core", "view_topic"), ("core", "view_person")]
# The site's own topics, which whoever administers it keeps.
TOPICS = [("core", "add_topic"), ("core", "change_topic"), ("core", "delete_topic")]
# What belongs to a site's collection, and the settings that belong to the site itself.
COLLECTED = [("media", "image"), ("media", "document"), ("events", "venue")]
SETTINGS = [
    ("core", "change_sitesettings"),
    ("events", "change_eventsettings"),
    ("search", "change_searchsettings"),
]


def group_of(site: Site, role: Role) -> Group:
    """The group of a role that holds for a whole site."""
    return Group.objects.get(newsroom_role__site=site, newsroom_role__role=role, newsroom_role__section=None)


def groups_of(site: Site) -> models.QuerySet[Group]:
    """All groups of the site's newsroom."""
    return Group.objects.filter(newsroom_role__site=site)


@transaction.atomic
def set_up_newsroom(site: Site) -> dict[Role, Group]:
    """Create the groups, media collection and workflow of a site, or bring them in line with the table.

    Gives back the groups of the roles that hold for the whole site. A workflow that is there stays as it was edited.
    """
    groups = {}
    for role, rights in RIGHTS.items():
        if rights.reach == RightsScope.SITE:
            groups[role] = _role_group(site, role, None).group
    for section in _sections_with_calendars(site):
        _role_group(site, Role.ORGANISER, section)
    for role_group in RoleGroup.objects.filter(site=site).select_related("group", "section"):
        apply_rights(role_group)
    _set_up_workflow(site, groups)
    return groups


def section_group(site: Site, role: Role, section: Page) -> Group:
    """The group of a role that holds in one section, created if need be."""
    role_group = _role_group(site, role, section)
    apply_rights(role_group)
    return role_group.group


def apply_rights(role_group: RoleGroup) -> None:
    """Give a group the rights of its role in the table, and no others."""
    group, site, rights = role_group.group, role_group.site, RIGHTS[Role(role_group.role)]
    group.permissions.set(_model_permissions(rights))
    _set_page_rights(group, _places(role_group, rights), rights.pages)
    _set_media_rights(group, media_collection(site), rights.media)
    _set_site_rights(group, site, rights)


def homes_of(site: Site) -> list[Page]:
    """The home pages of a site, one in each of its languages."""
    return list(site.root_page.get_translations(inclusive=True).order_by("path"))


def sections_of(site: Site) -> list[Page]:
    """Every section of a site, once, in the site's own language if it is there."""
    models = [model for model in get_page_models() if issubclass(model, PortalPage) and model.is_section]
    sections: dict[object, Page] = {}
    homes = sorted(homes_of(site), key=lambda home: home.pk != site.root_page_id)
    for home in homes:
        for page in Page.objects.type(*models).descendant_of(home).order_by("path") if models else []:
            sections.setdefault(page.translation_key, page)
    return list(sections.values())


def media_collection(site: Site) -> Collection:
    """The collection of a site's images and documents, created if need be."""
    site_settings = SiteSettings.for_site(site)
    if site_settings.media_collection is None:
        collection = Collection(name=site.site_name or site.hostname)
        site_settings.media_collection = Collection.get_first_root_node().add_child(instance=collection)
        site_settings.save(update_fields=["media_collection"])
    return site_settings.media_collection


def _role_group(site: Site, role: Role, section: Page | None) -> RoleGroup:
    known = RoleGroup.objects.filter(site=site, role=role).select_related("group", "section")
    if section is None:
        known = known.filter(section=None)
    else:
        known = known.filter(section__translation_key=section.translation_key)
    return known.first() or RoleGroup.objects.create(
        group=_unused_group(site, role, section), site=site, role=role, section=section
    )


def _unused_group(site: Site, role: Role, section: Page | None) -> Group:
    """A group with a telling name; one of that name that has no role yet is taken over."""
    name = f"{site.hostname} {role.value}" + (f" {section.slug}" if section else "")
    name = name[:130]
    if RoleGroup.objects.filter(group__name=name).exists():
        name = f"{name} {section.pk if section else site.port}"
    return Group.objects.get_or_create(name=name)[0]


def _places(role_group: RoleGroup, rights: Rights) -> list[Page]:
    homes = homes_of(role_group.site)
    if rights.reach == RightsScope.SITE:
        return homes
    paths = tuple(home.path for home in homes)
    translations = role_group.section.get_translations(inclusive=True) if role_group.section else []
    sections = [page for page in translations if page.path.startswith(paths)]
    if rights.reach == RightsScope.SECTION:
        return sections
    return [calendar for section in sections for calendar in _calendars().descendant_of(section)]


def _calendars():
    models = [model for model in get_page_models() if issubclass(model, PortalPage) and model.is_for_organisers]
    return Page.objects.type(*models) if models else Page.objects.none()


def _sections_with_calendars(site: Site) -> list[Page]:
    """The sections that have a calendar of their own, in any language."""
    parents = set()
    for home in homes_of(site):
        parents |= {calendar.get_parent().translation_key for calendar in _calendars().descendant_of(home)}
    return [section for section in sections_of(site) if section.translation_key in parents]


def _model_permissions(rights: Rights) -> list[Permission]:
    wanted = [("wagtailadmin", "access_admin")]
    if rights.translates:
        wanted.append(("wagtail_localize", "submit_translation"))
    return [
        Permission.objects.get(content_type__app_label=app_label, codename=codename) for app_label, codename in wanted
    ]


def _set_page_rights(group: Group, places: Iterable[Page], names: Iterable[str]) -> None:
    GroupPagePermission.objects.filter(group=group).delete()
    for page in places:
        for name in sorted(names):
            GroupPagePermission.objects.create(group=group, page=page, permission_type=name)


def _set_media_rights(group: Group, collection: Collection, names: Iterable[str]) -> None:
    GroupCollectionPermission.objects.filter(group=group).delete()
    for app_label, model in COLLECTED:
        for name in sorted(names):
            permission = Permission.objects.get(content_type__app_label=app_label, codename=f"{name}_{model}")
            GroupCollectionPermission.objects.create(group=group, collection=collection, permission=permission)


def _set_site_rights(group: Group, site: Site, rights: Rights) -> None:
    GroupSitePermission.objects.filter(group=group).delete()
    names = [*CATALOGUE, *(("core", f"{action}_person") for action in sorted(rights.people))]
    for app_label, codename in [*names, *(TOPICS + SETTINGS if rights.administers else ())]:
        permission = Permission.objects.get(content_type__app_label=app_label, codename=codename)
        GroupSitePermission.objects.create(group=group, site=site, permission=permission)


def _set_up_workflow(site: Site, groups: dict[Role, Group]) -> None:
    """A look by the section, then an approval, for every page of the site that has no workflow yet."""
    homes = homes_of(site)
    assigned = WorkflowPage.objects.filter(page__in=homes).select_related("workflow").first()
    workflow = assigned.workflow if assigned else _new_workflow(site, groups)
    for home in homes:
        WorkflowPage.objects.get_or_create(page=home, defaults={"workflow": workflow})


def _new_workflow(site: Site, groups: dict[Role, Group]) -> Workflow:
    name = site.site_name or site.hostname
    workflow = Workflow.objects.create(name=name)
    review = SectionReviewTask.objects.create(name=f"{name}: section")
    approval = FourEyesTask.objects.create(name=f"{name}: approval")
    approval.groups.set(group for role, group in groups.items() if RIGHTS[role].approves)
    for order, task in enumerate([review, approval]):
        WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr, sort_order=order)
    return workflow
