"""Every route of the installation and the records for its parameters, from the URL resolver itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, product
from typing import Any

from django.urls import URLResolver, get_resolver

from tests.separation.exceptions import NOT_REQUESTED
from tests.separation.marks import COMMON
from tests.separation.planting import Planted

PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
EXPRESSION = re.compile(r"\(\?P<(\w+)>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")


@dataclass(frozen=True)
class Route:
    """`pattern` is the whole address with its parameters, as in the resolver; `name` includes its namespaces.

    `steps` are the nested patterns that lead to `view`.
    """

    name: str
    pattern: str
    steps: tuple[Any, ...] = field(compare=False)
    view: Any = field(compare=False)

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(PLACE.findall(EXPRESSION.sub(r"<\1>", self.pattern)))

    @property
    def is_in_the_newsroom(self) -> bool:
        return self.pattern.startswith("admin/")

    def filled(self, values: dict[str, Any]) -> str:
        text = EXPRESSION.sub(r"<\1>", self.pattern)
        text = PLACE.sub(lambda place: str(values[place[1]]), text)
        return "/" + re.sub(r"(?<!\\)[\^$]", "", text).replace("\\", "")


def routes() -> list[Route]:
    return list(_below(get_resolver(), (), ()))


def _below(resolver: URLResolver, spaces: tuple[str, ...], above: tuple[Any, ...]) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        steps = (*above, pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces, steps)
        else:
            whole = "".join(map(str, steps))
            yield Route(":".join([*spaces, pattern.name or "unnamed"]), whole, steps, pattern.callback)


PAGES = ("draft", "live", "private", "event", "form", "issue")
# Views of Wagtail that treat all kinds of pages alike: the user's own page, a draft in review and a live page suffice.
OF_ANY_PAGE = {
    f"wagtailadmin_pages:{view}"
    for view in (
        "collect_workflow_action_data",
        "confirm_workflow_cancellation",
        "convert_alias",
        "delete",
        "history",
        "history_results",
        "lock",
        "revisions_index",
        "revisions_unschedule",
        "unlock",
        "unpublish",
        "usage",
        "workflow_action",
        "workflow_history",
        "workflow_history_detail",
        "workflow_preview",
    )
}
RELEASE_ACTS = ("edit", "menu", "menu_remove", "add_page", "newest", "remove", "approve", "withdraw", "undo", "delete")
# The kinds of records for a parameter, by its name, or by route and parameter name.
KINDS = {
    "page_id": PAGES,
    "parent_page_id": ("home", "section", "draft"),
    "page_to_move_id": ("draft", "live"),
    "destination_id": ("section",),
    "page_pk": ("draft", "home"),
    "page_key": ("form", "brochure"),
    "revision_id": ("revision",),
    "revision_id_a": ("revision",),
    "revision_id_b": ("revision",),
    "task_id": ("task",),
    "task_state_id": ("step",),
    "workflow_state_id": ("state",),
    "workflow_pk": ("workflow",),
    "state_pk": ("step",),
    "collection_id": ("collection",),
    "restriction_id": ("none",),
    "page_view_restriction_id": ("rule",),
    "document_id": ("document", "hidden"),
    "doc_id": ("document",),
    "document_filename": ("filename",),
    "image_id": ("image",),
    "uploaded_file_id": ("upload",),
    "redirect_id": ("redirect",),
    "share_id": ("share",),
    "site": ("site",),
    "translation_id": ("translation",),
    "translation_source_id": ("source",),
    "string_segment_id": ("segment",),
    "overridable_segment_id": ("none",),
    "session_id": ("session",),
    "block": ("block",),
    "object_id": ("live",),
    "wagtailadmin_pages:revisions_compare pk": ("live",),
    "wagtailadmin_api:pages:detail pk": PAGES,
    "wagtailadmin_api:images:detail pk": ("image",),
    "wagtailadmin_api:documents:detail pk": ("document", "hidden"),
    "wagtailadmin_api:pages:action pk": ("draft", "live"),
    "api:pages:detail pk": PAGES,
    "api:images:detail pk": ("image",),
    "api:documents:detail pk": ("document", "hidden"),
    "wagtailadmin_collections:edit pk": ("collection",),
    "wagtailadmin_collections:delete pk": ("collection",),
    "editorial:uninvite pk": ("invitation",),
    "editorial:reinvite pk": ("invitation",),
    "sheet_requests:delete pk": ("request",),
    "remove_further_host key": ("further_host",),
    "wagtailsettings:edit pk": ("site",),
    "wagtailsettings:preview_on_edit pk": ("site",),
    "form_record key": ("message",),
    "form_file key": ("message",),
    "form_file file": ("sent",),
    "proposal key": ("proposal",),
    "proposal_picture key": ("proposal",),
    "proposal_picture picture": ("proposed_picture",),
    "proposals:event page_key": ("calendar",),
    "proposals:recap page_key": ("calendar",),
    "proposals:sent page_key": ("calendar",),
    "proposals:own token": ("proposal_link",),
    "site_accounts_edit key": ("user", "both"),
    "site_accounts_leave key": ("user", "both"),
    "site_accounts_former key": ("user", "both"),
    "site_redirects_edit key": ("redirect",),
    "newsletter_new_issue key": ("newsletter",),
    "newsletter_confirm key": ("issue",),
    "newsletter_issue_mail key": ("issue",),
    "newsletter_fill_issue key": ("issue",),
    "newsletter_test_issue key": ("issue",),
    "newsletter_sending key": ("sending",),
    "newsletter_control key": ("sending",),
    "newsletter_list key": ("list",),
    "newsletter_list_refused key": ("list",),
    "newsletter_subscriber key": ("subscriber",),
    "newsletter_subscriber_data key": ("subscriber",),
    "newsletter_unsubscribe key": ("subscriber",),
    "newsletter_erase key": ("subscriber",),
    "decide_failed_task key": ("laid",),
    "moving_run key": ("run",),
    "moving_report key": ("run",),
    "moving_report_file key": ("run",),
    "moving_item key": ("run",),
    "moving_item item": ("imported",),
    "trashed_page key": ("trashed",),
    **{
        f"release{view} key": ("release",)
        for view in ("", "_preview", "_preview_page", *(f"_{act}" for act in RELEASE_ACTS))
    },
    **{f"release_{act} item": ("released",) for act in ("newest", "remove")},
    "release_page page_id": ("idea", "draft"),
    "release_preview_page path": ("none",),
    "delete_for_ever key": ("trashed",),
    "delete_record_for_ever key": ("binned",),
    "translate_page page_id": ("rendering", "live"),
    "planning_item page_id": ("idea", "draft"),
    "planning_move page_id": ("idea", "draft", "live"),
    "webhooks:again delivery": ("delivery",),
}
# The kinds of records for a viewset's parameters, by name prefix.
SPACES = {
    "wagtailsnippets_core_topic": "topic",
    "wagtailsnippetchoosers_core_topic": "topic",
    "wagtailsnippets_core_person": "person",
    "wagtailsnippetchoosers_core_person": "person",
    "wagtailsnippets_core_mapoutline": "mapoutline",
    "wagtailsnippetchoosers_core_mapoutline": "mapoutline",
    "venues": "venue",
    "venue_chooser": "venue",
    "subscribed_calendars": "subscription",
    "webhooks": "webhook",
    "wagtaillocales": "locale",
    "wagtailsites": "site",
    "wagtailusers_users": "user",
    "wagtailusers_groups": "group",
    "wagtaildocs_chooser": "document",
    "wagtailimages_chooser": "image",
}
SPACES_OF_WORKFLOWS = {"edit_task": "task", "disable_task": "task", "enable_task": "task"}
# Parameters that are not records: words that are the same for every site, by parameter, or by route and parameter.
WORDS = {
    "action_name": ("approve", "reject"),
    "wagtailadmin_api:pages:action action_name": ("publish", "copy"),
    "content_type_app_name": ("articles",),
    "content_type_model_name": ("articlepage",),
    "app_label": ("core",),
    "model_name": ("topic",),
    "app_name": ("core",),
    "wagtailadmin_pages:choose_parent app_label": ("articles",),
    "wagtailadmin_pages:choose_parent model_name": ("articlepage",),
    "wagtailadmin_editing_sessions:ping app_label": ("articles",),
    "wagtailadmin_editing_sessions:ping model_name": ("articlepage",),
    "wagtailadmin_workflows:add_task app_label": ("editorial",),
    "wagtailadmin_workflows:add_task model_name": ("foureyestask",),
    "wagtailadmin_tag_model_autocomplete app_name": ("taggit",),
    "wagtailadmin_tag_model_autocomplete model_name": ("tag",),
    "wagtailsettings:edit model_name": ("sitesettings", "searchsettings"),
    "wagtailsettings:preview_on_edit model_name": ("sitesettings",),
    "language": ("fr",),
    "kind": ("synonyms", "promotions"),
    "moving_report_file kind": ("csv", "xlsx"),
    "action": ("stop",),
    "filter_spec": ("max-165x165",),
    "mode": ("",),
}
SETTINGS_OF = {"searchsettings": "search", "sitesettings": "core"}
BULK_ROUTE = "wagtail_bulk_action"
BULK = [
    *(("wagtailcore", "page", action, PAGES) for action in ("approve", "delete", "move", "publish", "unpublish")),
    *(("media", "image", action, ("image",)) for action in ("delete", "add_tags", "add_to_collection")),
    *(("media", "document", action, ("document",)) for action in ("delete", "add_tags", "add_to_collection")),
    *(("core", "topic", action, ("topic",)) for action in ("delete",)),
    *(("core", "person", action, ("person",)) for action in ("delete",)),
    *(("core", "mapoutline", action, ("mapoutline",)) for action in ("delete",)),
    *(("accounts", "user", action, ("user",)) for action in ("delete", "assign_role", "set_active_state")),
]


def kinds_for(route: Route, place: str) -> tuple[str, ...] | None:
    """The kinds of records for a parameter; None if none are defined yet."""
    if (found := KINDS.get(f"{route.name} {place}") or KINDS.get(place)) is not None:
        return found
    space, _colon, view = route.name.rpartition(":")
    if space == "wagtailadmin_workflows":
        return (SPACES_OF_WORKFLOWS.get(view, "workflow"),)
    if route.name.startswith("wagtail_localize:") or "localize/" in route.pattern:
        return ("topic",)
    return (SPACES[space],) if space in SPACES else None


def words_for(route: Route, place: str) -> tuple[str, ...] | None:
    return WORDS.get(f"{route.name} {place}") or WORDS.get(place)


def newsroom_routes() -> list[Route]:
    """The routes to request, each once: a view that replaces one of Wagtail's has its name."""
    found = {route.pattern: route for route in routes() if route.is_in_the_newsroom}
    return [route for route in found.values() if not {route.name, route.pattern} & set(NOT_REQUESTED)]


def unknown_places(route: Route) -> list[str]:
    if route.name == BULK_ROUTE:
        return []
    return [place for place in route.places if not (words_for(route, place) or kinds_for(route, place))]


def key_of(site: Planted, kind: str) -> Any:
    ground = site.ground
    pages = {"home": ground.home, "section": ground.section, "site": ground.site, "locale": ground.home.locale}
    if kind in ("none", "filename"):
        return {"none": 1, "filename": "file.txt"}[kind]
    if kind == "rule":
        return site["private"].view_restrictions.get().pk
    thing = pages.get(kind) or site[kind]
    return getattr(thing, "pk", thing)


def addresses(route: Route, *owners: Planted, max_kinds: int | None = None) -> list[str]:
    """The route with records in its parameters; each parameter has its own owner, or all have the same.

    Kinds of records are paired: the first of one parameter with the first of the other; words are combined with each.
    """
    if route.name == BULK_ROUTE:
        return [address for facts in BULK for address in _bulk(owners[0], *facts)]
    words = {place: chosen_words for place in route.places if (chosen_words := words_for(route, place))}
    kinds = {place: kinds_for(route, place) or () for place in record_places(route)}
    whose = dict(zip(kinds, cycle(owners), strict=False))
    found = []
    for turn in range(max(map(len, kinds.values()), default=1))[:max_kinds]:
        keys = {place: key_of(whose[place], names[turn % len(names)]) for place, names in kinds.items()}
        for chosen_words in product(*words.values()):
            filled = keys | dict(zip(words, chosen_words, strict=True))
            if "app_name" in filled and filled.get("model_name") in SETTINGS_OF:
                filled["app_name"] = SETTINGS_OF[filled["model_name"]]
            found.append(route.filled(filled))
    return found


def record_places(route: Route) -> list[str]:
    return [place for place in route.places if not words_for(route, place)]


def everywhere(route: Route, own: Planted, foreign: Planted) -> list[str]:
    """The route with each site's records, and, with several parameters, one site's records below another's."""
    found = [*addresses(route, foreign), *addresses(route, own, max_kinds=2 if route.name in OF_ANY_PAGE else None)]
    if route.name != BULK_ROUTE:
        for owners in product((foreign, own), repeat=len(record_places(route))):
            if len(set(map(id, owners))) > 1:
                # A page of any type with a record of another page is refused.
                found += addresses(route, *owners, max_kinds=2)
    return list(dict.fromkeys(found))


def _bulk(site: Planted, app: str, model: str, action: str, kinds: tuple[str, ...]) -> list[str]:
    """A selection in a list, and "all": everything, a section or folder, or search results."""
    above = "childOf=" + str(key_of(site, "section" if model == "page" else "collection"))
    chosen = "&".join(f"id={key_of(site, kind)}" for kind in kinds)
    selections = [chosen, f"{chosen}&id=all", f"id=all&{above}", f"id=all&{above}&q={COMMON}"]
    return [f"/admin/bulk/{app}/{model}/{action}/?{selection}" for selection in selections]
