"""Wagtail's lists, reports and forms, with filters that name nobody of another site."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Goes when Wagtail's reports and filters are narrowed by the
# permission policies.

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import get_language_info, gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms.pages import PageViewRestrictionForm
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.views.page_privacy import SetPrivacyView
from wagtail.admin.views.pages import listing
from wagtail.admin.views.pages.usage import ContentTypeUseView
from wagtail.admin.views.reports import audit_logging, locked_pages, page_types_usage, workflows
from wagtail.contrib.forms import views as form_views
from wagtail.models import Page

from portal.content.readers.shared_passwords import KeepsPassword
from portal.overrides.separation.filters import PermittedFilterChoices, narrow_choices


class PageFilterSet(PermittedFilterChoices, listing.PageFilterSet):
    class Meta(listing.PageFilterSet.Meta):
        pass


class GenericPageFilterSet(PermittedFilterChoices, listing.GenericPageFilterSet):
    class Meta(listing.PageFilterSet.Meta):
        pass


def leave_out_indentation(response: HttpResponse) -> None:
    """A third of a list of 50 pages are the blanks before each line, and lines of nothing else."""
    if b"<textarea" not in response.content and b"<pre" not in response.content:
        response.content = b"\n".join(line for line in map(bytes.strip, response.content.splitlines()) if line)


class PermittedExplorerView(listing.ExplorableIndexView):
    """Opens what lies on the way to the pages that somebody works on, and sends them back from anywhere else.

    Wagtail asks whether a page lies below what is above all of one's rights: above two languages that is the root of
    the tree, and below it is every site.
    """

    base_filterset_class = GenericPageFilterSet

    def get(self, request: HttpRequest, parent_page_id: int | None = None) -> HttpResponse:
        response = super().get(request, parent_page_id)
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
        """Wagtail compares the pages of a list with all that somebody may see, which may be 100,000."""
        if self.is_searching or self.is_filtering:
            return super().get_base_queryset()
        return self.annotate_queryset(
            self.permission_policy.explorable_instances(self.request.user).child_of(self.parent_page)
        )

    def annotate_queryset(self, pages: Any) -> Any:
        """Wagtail reads each type of page by a query of its own; its list shows nothing that only one type has."""
        return super().annotate_queryset(pages).specific(defer=True)

    def __init__(self, **kwargs: Any):
        # The view set would put Wagtail's columns in the place of these.
        kwargs.pop("columns", None)
        super().__init__(**kwargs)

    @cached_property
    def columns(self) -> list[Column]:
        """Wagtail looks up the parents of all rows, which stand on top of the list.

        Apps add columns by the hook `portal_page_columns`, which is given the user.
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


class PermittedPagesOfTypeView(ContentTypeUseView):
    base_filterset_class = PageFilterSet


class PlainPrivacyForm(KeepsPassword, PageViewRestrictionForm):
    pass


class PermittedPrivacyView(SetPrivacyView):
    form_class = PlainPrivacyForm

    def get_form(self, form_class: Any = None) -> ModelForm[Any]:
        form = super().get_form(form_class)
        narrow_choices(form, self.request.user)
        return form


class LockedPagesFilterSet(PermittedFilterChoices, locked_pages.LockedPagesReportFilterSet):
    class Meta(locked_pages.LockedPagesReportFilterSet.Meta):
        pass


class LockedPages(locked_pages.LockedPagesView):
    filterset_class = LockedPagesFilterSet


class WorkflowFilterSet(PermittedFilterChoices, workflows.WorkflowReportFilterSet):
    class Meta(workflows.WorkflowReportFilterSet.Meta):
        pass


class Workflows(workflows.WorkflowView):
    filterset_class = WorkflowFilterSet


class TasksFilterSet(PermittedFilterChoices, workflows.WorkflowTasksReportFilterSet):
    class Meta(workflows.WorkflowTasksReportFilterSet.Meta):
        pass


class Tasks(workflows.WorkflowTasksView):
    filterset_class = TasksFilterSet


class SiteHistoryFilterSet(PermittedFilterChoices, audit_logging.SiteHistoryReportFilterSet):
    class Meta(audit_logging.SiteHistoryReportFilterSet.Meta):
        pass


class SiteHistory(audit_logging.LogEntriesView):
    filterset_class = SiteHistoryFilterSet


class PageTypes(page_types_usage.PageTypesUsageReportView):
    """It counts the pages of every site and names the last one of each type: for who administers the network."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class FormPagesFilterSet(PermittedFilterChoices, form_views.FormPageFilterSet):
    class Meta(form_views.FormPageFilterSet.Meta):
        pass


class MessagesColumn(NumberColumn):
    """How many messages each form of a list has: one query, whatever the length of the list."""

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
    filterset_class = FormPagesFilterSet

    @cached_property
    def columns(self) -> list[Column]:
        """Wagtail's name the class of each form, which is the same, and neither its language nor its messages."""
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
    return str(get_language_info(page.locale.language_code)["name_translated"])
