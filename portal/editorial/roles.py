"""The roles of a site's newsroom: their groups and permission table."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import models, transaction
from django.db.models import Q
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

from portal.content.pages.pages import PortalPage
from portal.content.records.settings import SiteSettings
from portal.editorial.models import FourEyesTask, Role, RoleGroup, SectionReviewTask


class PermissionScope:
    """The part of a site to which a role's page permissions apply, in all its languages."""

    SITE = "site"
    SECTION = "section"
    # The calendars of the site or of one section, below which only events and recaps can be created.
    CALENDARS = "calendars"


@dataclass(frozen=True)
class RolePermissions:
    """A role's permissions: page actions within its scope; media, people and settings of its site.

    With only `add`, users add pages, and change or delete their own until they are live. `publish` includes
    unpublishing, privacy, schedules and moves of live pages, all under the four-eyes rule.
    """

    scope: str
    pages: frozenset[str]
    media: frozenset[str] = field(default=frozenset({"add", "choose"}))
    # Actions on the site's catalogue of people, such as authors.
    people: frozenset[str] = frozenset()
    # May translate pages if they may edit both the original and the parent in the other language.
    translates: bool = False
    # Approves in the site's workflow.
    approves: bool = False
    # Manages the site's settings, menus, redirects, accounts, roles and file folders.
    administers: bool = False

    @property
    def holds_for_site(self) -> bool:
        return self.scope != PermissionScope.SECTION

    @property
    def holds_for_section(self) -> bool:
        return self.scope != PermissionScope.SITE


ROLE_PERMISSIONS = {
    Role.EDITOR: RolePermissions(
        PermissionScope.SITE,
        frozenset({"add", "change"}),
        media=frozenset({"add", "change", "choose"}),
        people=frozenset({"add", "change"}),
        translates=True,
    ),
    Role.REVIEWER: RolePermissions(
        PermissionScope.SECTION,
        frozenset({"add", "change"}),
        media=frozenset({"add", "change", "choose"}),
        people=frozenset({"add", "change"}),
        translates=True,
    ),
    Role.APPROVER: RolePermissions(
        PermissionScope.SITE,
        frozenset({"add", "change", "lock", "publish"}),
        media=frozenset({"add", "change", "choose"}),
        people=frozenset({"add", "change"}),
        translates=True,
        approves=True,
    ),
    Role.ORGANISER: RolePermissions(PermissionScope.CALENDARS, frozenset({"add"})),
    # Grants all roles, and therefore needs all their permissions. The four-eyes rule still applies.
    Role.SITE_ADMINISTRATOR: RolePermissions(
        PermissionScope.SITE,
        frozenset({"add", "change", "lock", "unlock", "publish", "bulk_delete"}),
        media=frozenset({"add", "change", "delete", "choose"}),
        people=frozenset({"add", "change", "delete"}),
        translates=True,
        administers=True,
    ),
}
# For choosers of topics, people and outlines. Without permission to view, they are empty.
CATALOGUE_PERMISSIONS = [("core", "view_topic"), ("core", "view_person"), ("core", "view_mapoutline")]
# For site administrators: the site's own topics.
TOPIC_PERMISSIONS = [("core", "add_topic"), ("core", "change_topic"), ("core", "delete_topic")]
# For site administrators: the site's own map outlines.
OUTLINE_PERMISSIONS = [("core", "add_mapoutline"), ("core", "change_mapoutline"), ("core", "delete_mapoutline")]
# Models whose records belong to a collection; granted for the site's collection.
COLLECTION_MODELS = [("media", "image"), ("media", "document"), ("events", "venue")]
SETTINGS_PERMISSIONS = [
    ("core", "change_sitesettings"),
    ("events", "change_eventsettings"),
    ("search", "change_searchsettings"),
]


def group_of(site: Site, role: Role) -> Group:
    """The group of a role for a whole site."""
    return Group.objects.get(newsroom_role__site=site, newsroom_role__role=role, newsroom_role__section=None)


def groups_of(site: Site) -> models.QuerySet[Group]:
    return Group.objects.filter(newsroom_role__site=site)


@transaction.atomic
def set_up_newsroom(site: Site) -> dict[Role, Group]:
    """Create or update a site's groups, media collection and workflow from the permission table.

    Returns the groups of site-wide roles. An existing workflow is not changed.
    """
    groups = {}
    for role, permissions in ROLE_PERMISSIONS.items():
        if permissions.holds_for_site:
            groups[role] = _role_group(site, role, None).group
    for section in _sections_with_calendars(site):
        _role_group(site, Role.ORGANISER, section)
    for role_group in RoleGroup.objects.filter(site=site).select_related("group", "section"):
        apply_permissions(role_group)
    _set_up_workflow(site, groups)
    return groups


def section_group(site: Site, role: Role, section: Page) -> Group:
    """Return the group of a role in one section, creating it if necessary."""
    role_group = _role_group(site, role, section)
    apply_permissions(role_group)
    return role_group.group


def apply_permissions(role_group: RoleGroup) -> None:
    """Set a group's permissions to those of its role and remove all others."""
    group, site, permissions = role_group.group, role_group.site, ROLE_PERMISSIONS[Role(role_group.role)]
    group.permissions.set(_model_permissions(permissions))
    _set_page_permissions(group, _permitted_pages(role_group, permissions), permissions.pages)
    _set_collection_permissions(group, media_collection(site), permissions)
    _set_site_permissions(group, site, permissions)


def calendar_added(calendar: Page) -> None:
    """Give the organisers of the calendar's site and sections their permissions in a new calendar."""
    above = calendar.get_ancestors().values("translation_key")
    held = RoleGroup.objects.filter(site__root_page__translation_key__in=above, role=Role.ORGANISER)
    for role_group in held.filter(Q(section=None) | Q(section__translation_key__in=above)).select_related("group"):
        _permit(role_group.group, [calendar], ROLE_PERMISSIONS[Role.ORGANISER].pages)


def page_moved(sender: type, instance: Page, **kwargs: Any) -> None:
    """`post_page_move` receiver: update role permissions on the moved pages."""
    page = Page.objects.get(pk=instance.pk)
    concerned = Q(group__page_permissions__page__in=Page.objects.descendant_of(page, inclusive=True))
    if _calendars().descendant_of(page, inclusive=True).exists():
        above = page.get_ancestors().values("translation_key")
        concerned |= Q(site__root_page__translation_key__in=above, role=Role.ORGANISER)
    for role_group in RoleGroup.objects.filter(concerned).select_related("group", "site", "section").distinct():
        permissions = ROLE_PERMISSIONS[Role(role_group.role)]
        _set_page_permissions(role_group.group, _permitted_pages(role_group, permissions), permissions.pages)


def homes_of(site: Site) -> list[Page]:
    """A site's home pages, one per language."""
    return list(site.root_page.get_translations(inclusive=True).order_by("path"))


def sections_of(site: Site) -> list[Page]:
    """A site's sections, each once: in the site's default language if it exists there."""
    return [pages[0] for pages in _sections(site).values()]


def names_of_sections(site: Site) -> dict[Any, str]:
    """The titles of each section by translation key: “Industrie (français) · Industry (English)”."""
    languages = {
        home.locale_id: home.locale.get_display_name()
        for home in site.root_page.get_translations(inclusive=True).select_related("locale")
    }
    return {
        key: " · ".join(f"{page.title} ({languages[page.locale_id]})" for page in pages)
        for key, pages in _sections(site).items()
    }


def _sections(site: Site) -> dict[Any, list[Page]]:
    """A site's sections in all its languages, by translation key."""
    models = [model for model in get_page_models() if issubclass(model, PortalPage) and model.is_section]
    found: dict[Any, list[Page]] = defaultdict(list)
    for home in sorted(homes_of(site), key=lambda home: home.pk != site.root_page_id):
        for page in Page.objects.type(*models).descendant_of(home).order_by("path") if models else []:
            found[page.translation_key].append(page)
    return found


def sections_for(site: Site, role: Role) -> list[Page]:
    """The sections for which a role can be granted. Organisers need a calendar in the section."""
    sections = sections_of(site)
    if ROLE_PERMISSIONS[role].scope != PermissionScope.CALENDARS:
        return sections
    paths = [
        path for home in homes_of(site) for path in _calendars().descendant_of(home).values_list("path", flat=True)
    ]
    above = {path[:end] for path in paths for end in range(Page.steplen, len(path), Page.steplen)}
    keys = set(Page.objects.filter(path__in=above).values_list("translation_key", flat=True))
    return [section for section in sections if section.translation_key in keys]


def media_collection(site: Site) -> Collection:
    """Return the collection of a site's images and documents, creating it if necessary."""
    site_settings = SiteSettings.for_site(site)
    if site_settings.media_collection is None:
        collection = Collection(name=site.site_name or site.hostname)
        site_settings.media_collection = Collection.get_first_root_node().add_child(instance=collection)
        site_settings.save(update_fields=["media_collection"])
    return site_settings.media_collection


def _role_group(site: Site, role: Role, section: Page | None) -> RoleGroup:
    existing = RoleGroup.objects.filter(site=site, role=role).select_related("group", "section")
    if section is None:
        existing = existing.filter(section=None)
    else:
        existing = existing.filter(section__translation_key=section.translation_key)
    return existing.first() or RoleGroup.objects.create(
        group=_unused_group(site, role, section), site=site, role=role, section=section
    )


def _unused_group(site: Site, role: Role, section: Page | None) -> Group:
    """Create the group named after site and role. A group of that name without a role is reused."""
    name = f"{site.hostname} {role.value}" + (f" {section.slug}" if section else "")
    name = name[:130]
    if RoleGroup.objects.filter(group__name=name).exists():
        name = f"{name} {section.pk if section else site.port}"
    return Group.objects.get_or_create(name=name)[0]


def _permitted_pages(role_group: RoleGroup, permissions: RolePermissions) -> list[Page]:
    homes = homes_of(role_group.site)
    if permissions.scope == PermissionScope.SITE:
        return homes
    paths = tuple(home.path for home in homes)
    places = role_group.section.get_translations(inclusive=True) if role_group.section else homes
    places = [page for page in places if page.path.startswith(paths)]
    if permissions.scope == PermissionScope.SECTION:
        return places
    return [calendar for place in places for calendar in _calendars().descendant_of(place)]


def _calendars():
    models = [model for model in get_page_models() if issubclass(model, PortalPage) and model.is_for_organisers]
    return Page.objects.type(*models) if models else Page.objects.none()


def _sections_with_calendars(site: Site) -> list[Page]:
    """The sections with their own calendar in any language."""
    parents = set()
    for home in homes_of(site):
        parents |= {calendar.get_parent().translation_key for calendar in _calendars().descendant_of(home)}
    return [section for section in sections_of(site) if section.translation_key in parents]


def _named(codenames: Iterable[tuple[str, str]]) -> list[Permission]:
    """The permissions given by pairs of app label and codename, in order. Raises KeyError for unknown ones."""
    wanted = list(codenames)
    found = Permission.objects.filter(
        content_type__app_label__in={app_label for app_label, _ in wanted}, codename__in={name for _, name in wanted}
    )
    by_name = {(one.content_type.app_label, one.codename): one for one in found.select_related("content_type")}
    return [by_name[codename] for codename in wanted]


def _model_permissions(permissions: RolePermissions) -> list[Permission]:
    codenames = [("wagtailadmin", "access_admin")]
    if permissions.translates:
        codenames.append(("wagtail_localize", "submit_translation"))
    return _named(codenames)


def _set_page_permissions(group: Group, pages: Iterable[Page], actions: Iterable[str]) -> None:
    GroupPagePermission.objects.filter(group=group).delete()
    _permit(group, pages, actions)


def _permit(group: Group, pages: Iterable[Page], actions: Iterable[str]) -> None:
    granted = _named(("wagtailcore", f"{action}_page") for action in sorted(actions))
    GroupPagePermission.objects.bulk_create(
        GroupPagePermission(group=group, page=page, permission=permission) for page in pages for permission in granted
    )


def _set_collection_permissions(group: Group, collection: Collection, permissions: RolePermissions) -> None:
    actions = sorted(permissions.media)
    codenames = [(app_label, f"{action}_{model}") for app_label, model in COLLECTION_MODELS for action in actions]
    if permissions.administers:
        # Wagtail applies these to the collections below the site's own.
        codenames += [("wagtailcore", f"{action}_collection") for action in ("add", "change", "delete")]
    _replace(GroupCollectionPermission, group, codenames, collection=collection)


def _set_site_permissions(group: Group, site: Site, permissions: RolePermissions) -> None:
    codenames = [*CATALOGUE_PERMISSIONS, *(("core", f"{action}_person") for action in sorted(permissions.people))]
    if permissions.administers:
        codenames += TOPIC_PERMISSIONS + OUTLINE_PERMISSIONS + SETTINGS_PERMISSIONS
    _replace(GroupSitePermission, group, codenames, site=site)


def _replace(model: Any, group: Group, codenames: Iterable[tuple[str, str]], **place: Any) -> None:
    model.objects.filter(group=group).delete()
    model.objects.bulk_create(model(group=group, permission=each, **place) for each in _named(codenames))


def _set_up_workflow(site: Site, groups: dict[Role, Group]) -> None:
    """Give every home page without a workflow one with section review and approval."""
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
    approval.groups.set(group for role, group in groups.items() if ROLE_PERMISSIONS[role].approves)
    for order, task in enumerate([review, approval]):
        WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr, sort_order=order)
    return workflow
