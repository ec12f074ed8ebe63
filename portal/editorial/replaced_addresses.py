"""Mounts our views and guards at Wagtail's URLs; docs/differences-from-wagtail.md gives the reasons."""

from collections.abc import Callable, Iterator
from functools import update_wrapper
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView
from wagtail import VERSION
from wagtail.admin import urls as admin_urls
from wagtail.admin.auth import require_admin_access

from portal.editorial import personal_data_view
from portal.editorial.accounts import own_settings
from portal.editorial.dashboard import page_lists
from portal.editorial.pictures import folders, reading, uploads
from portal.editorial.sign_in import views as sign_in
from portal.editorial.trash import record_views
from portal.overrides.editor.copies import ends_copies
from portal.overrides.requests import malformed
from portal.overrides.separation import actions, choosers, files, page_chooser

View = Callable[..., HttpResponse]

# Decorators of Wagtail's own views, by Wagtail's URL names.
GUARDED: dict[str, Callable[[View], View]] = {
    "wagtail_bulk_action": actions.permitted_bulk_action,
    "wagtailadmin_choose_page_chosen_multiple": choosers.require_choosable_pages,
    "wagtailadmin_choose_page_external_link": choosers.limit_to_own_sites,
    "wagtailadmin_collections:set_privacy": actions.require_superuser,
    "wagtailadmin_logout": lambda view: actions.require_post(ends_copies(view)),
    "wagtailadmin_reports:page_types_usage": actions.require_superuser,
    "wagtailadmin_reports:page_types_usage_results": actions.require_superuser,
    "wagtailadmin_workflows:task_chooser": actions.require_workflow_editor,
    "wagtailadmin_workflows:task_chooser_create": actions.require_workflow_editor,
    "wagtailadmin_workflows:task_chooser_results": actions.require_workflow_editor,
    "wagtailadmin_workflows:task_chosen": actions.require_workflow_editor,
    "wagtaildocs:document_usage": reading.explained,
    "wagtaildocs:edit": reading.explained,
    "wagtailimages:edit": reading.explained,
    "wagtailimages:image_usage": reading.explained,
}
# Views that replace Wagtail's.
REPLACED: dict[str, Any] = {
    "wagtailadmin_account": own_settings.OwnSettingsView,
    "wagtailadmin_choose_page": choosers.PageBrowseView,
    "wagtailadmin_choose_page_child": choosers.PageBrowseView,
    "wagtailadmin_choose_page_search": page_chooser.FoundPages,
    "wagtailadmin_collections:edit": folders.FolderEditView,
    "wagtailadmin_login": sign_in.SignInView,
    "wagtailadmin_tag_autocomplete": choosers.autocomplete,
    "wagtailadmin_tag_model_autocomplete": choosers.autocomplete,
    "wagtaildocs:delete": record_views.DocumentIntoTrashView,
    "wagtailforms:delete_submissions": personal_data_view.EraseMessagesView,
    "wagtailforms:index": page_lists.FormList,
    "wagtailforms:index_results": page_lists.FormList,
    "wagtailimages:create_multiple_from_uploaded_image": uploads.CreateFromUploadView,
    "wagtailimages:delete": record_views.ImageIntoTrashView,
    "wagtailimages_chooser:choose": files.ImageChooseView,
    # Wagtail's import does not check the redirects.
    "wagtailredirects:process_import": RedirectView.as_view(pattern_name="site_redirects_import"),
    "wagtailredirects:start_import": RedirectView.as_view(pattern_name="site_redirects_import"),
    "wagtailsites:add": RedirectView.as_view(pattern_name="create_site"),
}
# Views for people who are not signed in.
OPEN = {"wagtailadmin_login", "wagtailadmin_logout"}
# Parts of the admin API that no screen uses. From Wagtail 8.1 on it checks permissions itself.
CLOSED = r"^api/main/(?:(?:images|documents)/|pages/\d+/action/)" if VERSION < (8, 1) else ""


def urls() -> list[URLPattern]:
    """The URLs mounted before Wagtail's own."""
    found = [re_path(CLOSED, _admin_only(malformed.missing))] if CLOSED else []
    missing = {**GUARDED, **REPLACED}
    for name, route, wagtails in named_addresses(admin_urls.urlpatterns):
        if name in GUARDED:
            found.append(path(route, (never_cache if name in OPEN else _admin_only)(GUARDED[name](wagtails))))
        elif own := REPLACED.get(name):
            # A class gets the same arguments as Wagtail's view.
            view = own.as_view(**wagtails.view_initkwargs) if isinstance(own, type) else own  # type: ignore[attr-defined]
            found.append(path(route, (never_cache if name in OPEN else _admin_only)(view)))
        missing.pop(name, None)
    if missing:
        raise ImproperlyConfigured(f"Wagtail has no address {', '.join(missing)} any more, which {__name__} replaces.")
    return found


def named_addresses(patterns: list[Any], spaces: str = "", prefix: str = "") -> Iterator[tuple[str, str, View]]:
    """The namespaced name, the route and the view of each URL."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{spaces}{pattern.namespace}:" if pattern.namespace else spaces
            yield from named_addresses(pattern.url_patterns, inner, route)
        elif pattern.name:
            yield spaces + pattern.name, route, pattern.callback


def _admin_only(view: View) -> View:
    """Apply the decorators that Wagtail applies to its admin views."""
    for decorator in (require_admin_access, admin_urls.display_custom_404, never_cache):
        view = update_wrapper(decorator(view), view)
    return view
