"""Wagtail hooks: deletions in the newsroom put pages into the trash, and the menu leads there."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_list_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.pages.bulk_actions.delete import DeleteBulkAction
from wagtail.models import Page, ReferenceIndex

from portal.content.extension_points import notes_on_deletion
from portal.content.records.trash import RESTORED, DeletedRecord
from portal.content.separation.views import CatalogueViewSet
from portal.content.visibility import in_trash
from portal.editorial.menu import ConditionalItem
from portal.editorial.trash.deleting import TRASHED, may_be_trashed, put_into_trash
from portal.editorial.trash.messages import end_of_trash, undo_html
from portal.editorial.trash.record_views import BULK_ACTIONS, CatalogueIntoTrashView
from portal.editorial.trash.records import KINDS, DeleteIntoTrashAction
from portal.editorial.trash.views import URLS, may_open_trash
from portal.platform.newsroom_views import crumb, titled


@hooks.register("register_admin_urls")
def trash_urls() -> list[Any]:
    return URLS


@hooks.register("register_admin_menu_item")
def trash_menu_item() -> ConditionalItem:
    return ConditionalItem(
        pgettext_lazy("deleted pages", "Trash"),
        reverse_lazy("trash"),
        condition=lambda request: may_open_trash(request.user),
        name="trash",
        icon_name="bin",
        order=9000,
    )


@hooks.register("before_delete_page")
def delete_into_trash(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Replace Wagtail's deletion, for which it has checked the permission. A home page is still deleted at once."""
    if not may_be_trashed(page):
        return None
    next_url = get_valid_next_url_from_request(request)
    if request.method != "POST":
        usage = ReferenceIndex.get_references_to(page).group_by_source_object()
        heading = titled(_("Delete"), page.get_admin_display_title())
        context = {
            "header_title": heading,
            "header_icon": "bin",
            "breadcrumbs_items": [crumb(_("Home"), reverse("wagtailadmin_home")), crumb(heading)],
            "page": page,
            "next": next_url,
            "parent": page.get_parent(),
            "notes": notes_about([page]),
            "usage_count": usage.count(),
            "usage_url": reverse("wagtailadmin_pages:usage", args=[page.pk]),
            "until": end_of_trash(),
        }
        return TemplateResponse(request, "editorial/trash/confirm.html", context)
    parent = page.get_parent()
    title = page.get_admin_display_title()
    put_into_trash(page, request.user)
    offer_undo(request, _("“%(title)s” is in the trash.") % {"title": title}, [page.pk])
    return redirect(next_url or reverse("wagtailadmin_explore", args=[parent.pk]))


def notes_about(pages: Iterable[Page]) -> list[str]:
    """What else goes into the trash with these pages, as sentences."""
    notes: list[str] = []
    for page in pages:
        below = page.get_descendants().exclude(in_trash()).count()
        if below:
            notes.append(
                ngettext(
                    "%(number)d page below “%(title)s” goes with it.",
                    "%(number)d pages below “%(title)s” go with it.",
                    below,
                )
                % {"number": below, "title": page.get_admin_display_title()}
            )
        aliases = page.aliases.exclude(path__startswith=page.path).count()
        if aliases:
            notes.append(
                ngettext(
                    "Its %(number)d alias elsewhere is taken down, too.",
                    "Its %(number)d aliases elsewhere are taken down, too.",
                    aliases,
                )
                % {"number": aliases}
            )
        notes += [str(note) for note_on in notes_on_deletion for note in note_on(page)]
    return notes


def offer_undo(request: HttpRequest, text: str, keys: Sequence[int]) -> None:
    """Show a message with a button that restores these pages."""
    messages.success(request, undo_html(request, text, keys))


class TrashBulkAction(DeleteBulkAction):
    """Puts the chosen pages into the trash."""

    template_name = "editorial/trash/confirm_several.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        items = [each["item"] for each in context["items"]]
        return context | {
            # References stay while a page is in the trash, so they forbid nothing.
            "is_protected": False,
            "notes": notes_about(items),
            "until": end_of_trash(),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    @classmethod
    def get_queryset(cls, model: Any, object_ids: Sequence[Any]) -> list[Page]:
        return get_list_or_404(Page.objects.exclude(in_trash()), pk__in=object_ids)

    def check_perm(self, page: Page) -> bool:
        return may_be_trashed(page) and super().check_perm(page)

    def execute_action(self, objects: Sequence[Page], user: Any = None, **kwargs: Any) -> tuple[int, int]:  # type: ignore[override]
        tops: list[Page] = []
        below = 0
        for page in sorted(objects, key=lambda page: page.path):
            if not (tops and page.path.startswith(tops[-1].path)):
                tops.append(page)
                below += put_into_trash(page, user).below
        self.trashed = [page.pk for page in tops]
        return len(tops), below

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> None:
        """Show a message with a button instead of Wagtail's."""
        total = num_parent_objects + num_child_objects
        text = ngettext("%(number)d page is in the trash.", "%(number)d pages are in the trash.", total)
        offer_undo(self.request, text % {"number": total}, self.trashed)


# They come after Wagtail's own, which they replace.
for bulk_action in (TrashBulkAction, *BULK_ACTIONS):
    hooks.register("register_bulk_action", bulk_action, order=100)

CatalogueViewSet.delete_view_class = CatalogueIntoTrashView


@hooks.register("register_actions", order=100)
def delete_records_into_trash(registry: Any) -> None:
    for model in KINDS:
        registry.register(model, DeleteIntoTrashAction)


@hooks.register("describe_collection_contents")
def files_in_trash(collection: Any) -> dict[str, Any] | None:
    """Wagtail deletes no folder that has contents: files in the trash come back into it."""
    number = DeletedRecord.objects.filter(collection=collection).count()
    if not number:
        return None
    text = ngettext("%(number)d file in the trash", "%(number)d files in the trash", number) % {"number": number}
    return {"count": number, "count_text": text, "url": reverse("trash")}


@hooks.register("register_log_actions", order=100)
def log_actions(actions: Any) -> None:
    trashed = gettext_lazy("Put into the trash, with the pages below it")
    actions.register_action(TRASHED, gettext_lazy("Put into the trash"), trashed)
    restored = gettext_lazy("Restored from the trash, with the pages below it")
    actions.register_action(RESTORED, gettext_lazy("Restore from the trash"), restored)
