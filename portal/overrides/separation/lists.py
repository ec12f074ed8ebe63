"""Limits Wagtail's page explorer and its list of forms to the user's sites."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's explorer checks the permission for the page
# that it opens.

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.views.pages import listing
from wagtail.contrib.forms import views as form_views
from wagtail.models import Locale, Page

from portal.content.visibility import is_in_trash


def leave_out_indentation(response: HttpResponse) -> None:
    """Remove blank lines and indentation, which make up a third of a list of 50 pages."""
    if b"<textarea" not in response.content and b"<pre" not in response.content:
        response.content = b"\n".join(line for line in map(bytes.strip, response.content.splitlines()) if line)


class PermittedExplorerView(listing.ExplorableIndexView):
    """Opens the user's pages and their ancestors; redirects other pages to them.

    Wagtail opens every page below the closest common ancestor of the user's pages. For somebody who works in two
    languages, that ancestor is the root of the tree, which contains every site.
    """

    results_template_name = "editorial/pages_below.html"

    def get(self, request: HttpRequest, parent_page_id: int | None = None) -> HttpResponse:
        response = super().get(request, parent_page_id)
        if is_in_trash(self.parent_page):
            raise PermissionDenied
        if self._leads_to_own_pages():
            if isinstance(response, TemplateResponse):
                response.add_post_render_callback(leave_out_indentation)
            return response
        return redirect(self.index_url_name, self.permission_policy.explorable_root_instance(request.user).pk)

    def _leads_to_own_pages(self) -> bool:
        if self.request.user.is_superuser:
            return True
        place, own = self.parent_page.path, self.permission_policy.get_cached_permissions_for_user(self.request.user)
        return any(place.startswith(right.page.path) or right.page.path.startswith(place) for right in own)

    def get_base_queryset(self) -> Any:
        """Limit the list to the children first, because Wagtail intersects it with up to 100,000 explorable pages."""
        if self.is_searching or self.is_filtering:
            return super().get_base_queryset()
        return self.annotate_queryset(
            self.permission_policy.explorable_instances(self.request.user).child_of(self.parent_page)
        )

    def annotate_queryset(self, pages: Any) -> Any:
        """Defer the specific fields: the list does not show them, and Wagtail needs a query for each type.

        The button that offers a translation reads `lacks_a_language`.
        """
        translations = Page.objects.filter(translation_key=OuterRef(OuterRef("translation_key")))
        lacking = Exists(Locale.objects.exclude(pk__in=translations.values("locale")))
        return super().annotate_queryset(pages).specific(defer=True).annotate(lacks_a_language=lacking)

    def __init__(self, **kwargs: Any):
        # The viewset passes Wagtail's columns, which would replace these.
        kwargs.pop("columns", None)
        super().__init__(**kwargs)

    @cached_property
    def columns(self) -> list[Column]:
        """Leave out the parent. It is the same in all rows, except when the whole tree is searched.

        Apps add columns by the hook `portal_page_columns`, which receives the user.
        """
        own = [column for column in self.base_columns if self.is_searching_whole_tree or column.name != "parent"]
        return [*own, *self.added_columns]

    @cached_property
    def added_columns(self) -> list[Any]:
        return [column for add in hooks.get_hooks("portal_page_columns") for column in add(self.request.user)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        for column in self.added_columns:
            column.prepare(context["object_list"])
        return context


class MessagesColumn(NumberColumn):
    """The number of messages of each form. It needs one query for each submission class."""

    counts: dict[int, int] = {}

    def prepare(self, pages: Iterable[Any]) -> None:
        keys = defaultdict(list)
        for page in pages:
            keys[page.get_submission_class()].append(page.pk)
        self.counts = {}
        for model, of_kind in keys.items():
            messages = model._default_manager.filter(page__in=of_kind).order_by()
            self.counts |= dict(messages.values_list("page").annotate(Count("pk")))

    def get_value(self, instance: Page) -> int:
        return self.counts.get(instance.pk, 0)


class EditColumn(form_views.ContentTypeColumn):
    cell_template_name = "editorial/edit_cell.html"


class FormPages(form_views.FormPagesListView):
    @cached_property
    def columns(self) -> list[Column]:
        """Show the language and the number of messages instead of the page type, which is the same in all rows."""
        self.messages_column = MessagesColumn("messages", label=_("Messages"), width="10%")
        language = Column("language", label=_("Language"), accessor=_language_of, width="12%")
        shown: list[Column] = []
        for column in super().columns:
            if column.name == "content_type":
                column = EditColumn("edit", label=column.label, width="10%")
            shown += [column, language, self.messages_column] if column.name == "title" else [column]
        return shown

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        self.messages_column.prepare(context["object_list"])
        return context


def _language_of(page: Page) -> str:
    return page.locale.get_display_name()
