"""Wagtail's addresses that answer by views of ours, and why; docs/differences-from-wagtail.md shows the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView
from wagtail import VERSION
from wagtail.admin import urls as admin_urls
from wagtail.admin.auth import require_admin_access

from portal.content.files.views import document_file
from portal.content.readers.page_passwords import limited_guesses
from portal.content.serving.views import serve
from portal.editorial import personal_data_view, review_view, views
from portal.editorial.accounts import own_settings
from portal.editorial.pictures import folders, reading, uploads
from portal.editorial.sharing.alias_view import PortalConvertAliasView
from portal.editorial.sign_in import views as sign_in
from portal.editorial.translations import localize_views, page_views
from portal.overrides.requests import malformed
from portal.overrides.separation import actions, choosers, files, lists

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Replacement:
    """`names` are Wagtail's own names of the addresses, `view` a class or a function.

    With `is_guard`, Wagtail's view goes on answering: `view` is a decorator around it. With `is_open`, it answers
    people who have not signed in.
    """

    view: Any
    why: str
    names: tuple[str, ...]
    is_guard: bool = False
    is_open: bool = False

    def in_place_of(self, wagtails: Any) -> View:
        if self.is_guard:
            return self.view(wagtails)
        if not isinstance(self.view, type):
            return self.view
        # A class is set up as Wagtail sets up its own there.
        if hasattr(wagtails, "actions"):
            return self.view.as_view(wagtails.actions, **wagtails.initkwargs)  # type: ignore[attr-defined]
        return self.view.as_view(**wagtails.view_initkwargs)  # type: ignore[attr-defined]


def _report(view: type, why: str, name: str) -> Replacement:
    return Replacement(view, why, (f"wagtailadmin_reports:{name}", f"wagtailadmin_reports:{name}_results"))


OTHERS_PEOPLE = "its filters name the people and workflows of every site"
OTHERS_TAGS = "it offers the tags of every site's files"
OTHERS_PAGES = "it names pages of other sites by their keys"
OTHERS_TASKS = "it names the tasks of every site to whoever may enter the newsroom"
OTHERS_TRANSLATIONS = "it asks for one right that holds everywhere, not for the right to the page"
SENDS_AWAY = "whoever may use a file and not change it is sent to the dashboard without a reason"
BEFORE_REFUSING = "it names the page before it refuses"
OVER_ROOT = "it fails over the root of the tree"

# Mounted from here, before Wagtail's own.
ADDRESSES = (
    Replacement(
        choosers.PageBrowseView,
        "it opens the pages of every site",
        ("wagtailadmin_choose_page", "wagtailadmin_choose_page_child"),
    ),
    Replacement(
        choosers.PageSearchView, "it asks for the parent of each row by itself", ("wagtailadmin_choose_page_search",)
    ),
    Replacement(choosers.PageChosenMultipleView, OTHERS_PAGES, ("wagtailadmin_choose_page_chosen_multiple",)),
    Replacement(
        choosers.ExternalLinkView,
        "it finds the pages of every site by their addresses",
        ("wagtailadmin_choose_page_external_link",),
    ),
    Replacement(
        choosers.autocomplete,
        OTHERS_TAGS,
        ("wagtailadmin_tag_autocomplete", "wagtailadmin_tag_model_autocomplete"),
    ),
    Replacement(
        own_settings.OwnSettingsView,
        "it answers in the language that was just given up",
        ("wagtailadmin_account",),
    ),
    _report(lists.LockedPages, OTHERS_PEOPLE, "locked_pages"),
    _report(lists.Workflows, OTHERS_PEOPLE, "workflow"),
    _report(lists.Tasks, OTHERS_PEOPLE, "workflow_tasks"),
    _report(lists.SiteHistory, OTHERS_PEOPLE, "site_history"),
    _report(lists.PageTypes, "it counts the pages of every site, and names the last of each type", "page_types_usage"),
    Replacement(lists.FormPages, OTHERS_PEOPLE, ("wagtailforms:index", "wagtailforms:index_results")),
    Replacement(
        personal_data_view.EraseMessagesView,
        "it leaves no entry in the log",
        ("wagtailforms:delete_submissions",),
    ),
    Replacement(files.ImagesView, OTHERS_TAGS, ("wagtailimages:index", "wagtailimages:index_results")),
    Replacement(files.ImageChooseView, OTHERS_TAGS, ("wagtailimages_chooser:choose",)),
    Replacement(files.DocumentsView, OTHERS_TAGS, ("wagtaildocs:index", "wagtaildocs:index_results")),
    Replacement(reading.explained, SENDS_AWAY, ("wagtailimages:edit", "wagtaildocs:edit"), is_guard=True),
    Replacement(reading.ImageUsageView, SENDS_AWAY, ("wagtailimages:image_usage",)),
    Replacement(reading.DocumentUsageView, SENDS_AWAY, ("wagtaildocs:document_usage",)),
    Replacement(
        uploads.CreateFromUploadView,
        "it keeps the file as it came, with the place where it was taken",
        ("wagtailimages:create_multiple_from_uploaded_image",),
    ),
    Replacement(folders.FolderEditView, "it offers the privacy of a site's files", ("wagtailadmin_collections:edit",)),
    Replacement(
        folders.for_network_administrators,
        "it names the groups of every site, and closes a whole site's files",
        ("wagtailadmin_collections:set_privacy",),
        is_guard=True,
    ),
    Replacement(
        actions.permitted_bulk_action, "it names what it cannot act on, of other sites too", ("wagtail_bulk_action",)
    ),
    Replacement(
        actions.for_editors_of_workflows,
        OTHERS_TASKS,
        (
            "wagtailadmin_workflows:task_chooser",
            "wagtailadmin_workflows:task_chooser_results",
            "wagtailadmin_workflows:task_chooser_create",
            "wagtailadmin_workflows:task_chosen",
        ),
        is_guard=True,
    ),
    Replacement(
        sign_in.SignInView,
        "it knows no browser that somebody has signed in with",
        ("wagtailadmin_login",),
        is_open=True,
    ),
    Replacement(malformed.missing, "it fails on purpose", ("wagtailadmin_error_test",)),
)

# All that is mounted of wagtail-localize's: portal/editorial/translations/hooks.py.
LOCALIZE = (
    Replacement(
        localize_views.SubmitPageTranslation,
        f"{OTHERS_TRANSLATIONS}, and publishes what it makes",
        ("wagtail_localize:submit_page_translation",),
    ),
    Replacement(
        localize_views.SubmitSnippetTranslation,
        "it asks for one right that holds everywhere, not for the right to the topic",
        ("wagtail_localize:submit_snippet_translation",),
    ),
    Replacement(
        localize_views.convert_to_alias,
        "an alias is live as soon as its source is",
        ("wagtail_localize:convert_to_alias",),
    ),
)

# Wagtail asks the viewset of a page's type for these: portal/editorial/views.py.
PAGES = (
    Replacement(
        lists.PermittedExplorerView,
        "it opens every site to whoever works on two languages",
        ("wagtailadmin_explore_root", "wagtailadmin_explore", "wagtailadmin_explore_results"),
    ),
    Replacement(
        lists.PermittedPagesOfTypeView,
        OTHERS_PEOPLE,
        ("wagtailadmin_pages:type_use", "wagtailadmin_pages:type_use_results"),
    ),
    Replacement(actions.PermittedMoveView, BEFORE_REFUSING, ("wagtailadmin_pages:move_confirm",)),
    Replacement(actions.BelowRootLockView, OVER_ROOT, ("wagtailadmin_pages:lock",)),
    Replacement(actions.BelowRootUnlockView, OVER_ROOT, ("wagtailadmin_pages:unlock",)),
    Replacement(
        actions.BelowRootPositionView,
        f"{OVER_ROOT}, and over a position that no database knows",
        ("wagtailadmin_pages:set_page_position",),
    ),
    Replacement(
        actions.PermittedCancellationView, BEFORE_REFUSING, ("wagtailadmin_pages:confirm_workflow_cancellation",)
    ),
    Replacement(actions.PermittedActionDataView, BEFORE_REFUSING, ("wagtailadmin_pages:collect_workflow_action_data",)),
    Replacement(
        actions.PermittedTaskPreviewView, "it previews a page for any task", ("wagtailadmin_pages:workflow_preview",)
    ),
    Replacement(
        page_views.PortalPrivacyView,
        "it names the groups of every site, and leaves translations public",
        ("wagtailadmin_pages:set_privacy",),
    ),
    Replacement(
        page_views.PortalUnpublishView, "it leaves translations without a word", ("wagtailadmin_pages:unpublish",)
    ),
    Replacement(
        views.PortalCreateView, "it publishes without asking the newsroom's rules", ("wagtailadmin_pages:add",)
    ),
    Replacement(views.PortalEditView, "it lets two people act on a page at once", ("wagtailadmin_pages:edit",)),
    Replacement(
        PortalConvertAliasView,
        "it forgets who wrote what the alias shows",
        ("wagtailadmin_pages:convert_alias",),
    ),
    Replacement(
        views.PortalRevertView, "it lets two people act on a page at once", ("wagtailadmin_pages:revisions_revert",)
    ),
    Replacement(
        review_view.ReviewedComparison,
        "it shows a program's values and what is not filled in, and takes no answer",
        ("wagtailadmin_pages:revisions_compare",),
    ),
    Replacement(
        views.PortalWorkflowActionView,
        "it approves a text that has changed since it was read",
        ("wagtailadmin_pages:workflow_action",),
    ),
)

# Registered in Wagtail's router: portal/overrides/separation/admin_api.py, which goes with Wagtail 8.0. From 8.1 on the
# API follows the page policy by itself.
API: tuple[Replacement, ...] = ()
if VERSION < (8, 1):
    from portal.overrides.separation import admin_api

    API = (
        Replacement(
            admin_api.PagesWithoutActions,
            "it acts on pages past the newsroom's rules",
            tuple(f"wagtailadmin_api:pages:{view}" for view in ("listing", "detail", "find", "action")),
        ),
        Replacement(
            admin_api.PermittedImages,
            "it lists the pictures of every site",
            tuple(f"wagtailadmin_api:images:{view}" for view in ("listing", "detail", "find")),
        ),
        Replacement(
            admin_api.PermittedDocuments,
            "it lists the documents of every site",
            tuple(f"wagtailadmin_api:documents:{view}" for view in ("listing", "detail", "find")),
        ),
    )

# Outside the newsroom: portal/urls.py.
OUTSIDE = (
    Replacement(
        document_file,
        "it serves a file that is not public, or sent by mail only, to those whom it concerns",
        ("wagtaildocs_serve",),
    ),
    Replacement(RedirectView, "readers have no accounts but those of the newsroom", ("wagtailcore_login",)),
    Replacement(
        limited_guesses, "it takes as many guesses as anybody makes", ("wagtaildocs_authenticate_with_password",)
    ),
    Replacement(
        limited_guesses,
        "it takes as many guesses as anybody makes, and its address has no language, in which it would ask",
        ("wagtailcore_authenticate_with_password",),
    ),
    Replacement(serve, "it walks down the tree by two queries a level", ("wagtail_serve",)),
)


def urls() -> list[URLPattern]:
    """What is mounted before Wagtail's own, at the same addresses."""
    wagtails: dict[str, list[tuple[str, View]]] = {}
    for name, route, view in named_addresses(admin_urls.urlpatterns):
        wagtails.setdefault(name, []).append((route, view))
    found = []
    for replacement in ADDRESSES:
        for name in replacement.names:
            if name not in wagtails:
                raise ImproperlyConfigured(f"Wagtail has no address {name} any more, which {__name__} replaces.")
            guard = never_cache if replacement.is_open else _guarded
            found += [path(route, guard(replacement.in_place_of(view))) for route, view in wagtails[name]]
    return found


def named_addresses(patterns: list[Any], spaces: str = "", prefix: str = "") -> Iterator[tuple[str, str, View]]:
    """The name with its namespaces, the route and the view of each address."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{spaces}{pattern.namespace}:" if pattern.namespace else spaces
            yield from named_addresses(pattern.url_patterns, inner, route)
        elif pattern.name:
            yield spaces + pattern.name, route, pattern.callback


def _guarded(view: View) -> View:
    """As Wagtail guards its own: for the newsroom, with its page for what is not there, kept by no cache."""
    for decorator in (require_admin_access, admin_urls.display_custom_404, never_cache):
        view = update_wrapper(decorator(view), view)
    return view
