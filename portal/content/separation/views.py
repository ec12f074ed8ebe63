"""Admin views of catalogue records, hiding those of sites where the user has no permission."""

from typing import Any

from django.contrib.admin.utils import quote
from django.forms import HiddenInput, modelform_factory
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.admin.ui.tables import TitleColumn
from wagtail.log_actions import log
from wagtail.snippets.views import chooser
from wagtail.snippets.views.snippets import (
    CopyView,
    DeleteView,
    EditView,
    HistoryView,
    IndexView,
    SnippetViewSet,
    UsageView,
)

from portal.content.separation.forms import NewRecordForm
from portal.content.separation.records import (
    OffersToCreate,
    PermittedChoices,
    PermittedCreation,
    PermittedList,
    RequiresObjectPermission,
)


class CatalogueIndexView(PermittedList, IndexView):
    pass


class CatalogueEditView(RequiresObjectPermission, EditView):
    pass


class CatalogueCopyView(RequiresObjectPermission, CopyView):
    required_permission = "add"

    def get_initial_form_instance(self) -> Any:
        record = super().get_initial_form_instance()
        if hasattr(record, "slug"):
            # The original's slug is taken; an empty slug will be derived from the name.
            record.slug = ""
        return record


class CatalogueDeleteView(RequiresObjectPermission, DeleteView):
    required_permission = "delete"


class CatalogueUsageView(RequiresObjectPermission, UsageView):
    pass


class CatalogueHistoryView(RequiresObjectPermission, HistoryView):
    pass


class CatalogueChoices(PermittedChoices):
    required_permission = "view"
    ordering: Any = "-pk"
    per_page = 10

    @property
    def title_column(self) -> Any:
        """Topics and people have names. A click on the name chooses this one; boxes choose several."""
        return TitleColumn(
            "title",
            label=pgettext_lazy("of a person or topic", "Name"),
            accessor=str,
            get_url=self._chosen_url,
            link_attrs={"data-chooser-modal-choice": True},
        )

    def _chosen_url(self, record: Any) -> str:
        address = reverse(self.chosen_url_name, args=(quote(record.pk),))  # type: ignore[attr-defined]
        return str(self.append_preserved_url_parameters(address))  # type: ignore[attr-defined]


class NamesLanguage:
    """Chooser mixin that translates the label of the locale filter, which Wagtail leaves in English."""

    def get_filter_form(self) -> Any:
        form = super().get_filter_form()  # type: ignore[misc]
        if "locale" in form.fields:
            form.fields["locale"].label = _("Language")
        return form


class CreatesRecords:
    """Chooser mixin: with `form_fields`, it has a creation form for the sites where the user may add records."""

    def get_creation_form_class(self) -> Any:
        fields = self.form_fields  # type: ignore[attr-defined]
        return modelform_factory(self.model_class, form=NewRecordForm, fields=fields) if fields else None  # type: ignore[attr-defined]

    def get_creation_form_kwargs(self) -> dict[str, Any]:
        return super().get_creation_form_kwargs() | {"for_user": self.request.user}  # type: ignore[misc, attr-defined]

    def get_creation_form(self) -> Any:
        form = super().get_creation_form()  # type: ignore[misc]
        field = form.fields["site"] if form else None
        if field and field.required and len(field.queryset) == 1:
            # There is nothing to choose.
            field.widget = HiddenInput()
        return form


class CatalogueChooseView(OffersToCreate, NamesLanguage, CreatesRecords, CatalogueChoices, chooser.ChooseView):
    """Its title has the plural. “Choose person” lacks an article, which depends on the noun in many languages."""

    page_subtitle = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = capfirst(str(self.model._meta.verbose_name_plural))
        return super().get_context_data(**kwargs) | {"page_title": title}


class CatalogueChooseResultsView(OffersToCreate, NamesLanguage, CatalogueChoices, chooser.ChooseResultsView):
    pass


class CatalogueChosenView(CatalogueChoices, chooser.SnippetChosenView):
    pass


class CatalogueChosenMultipleView(CatalogueChoices, chooser.SnippetChosenMultipleView):
    pass


class CatalogueCreateView(PermittedCreation, CreatesRecords, chooser.SnippetCreateView):
    def save_form(self, form: Any) -> Any:
        made = super().save_form(form)
        log(made, "wagtail.create", user=self.request.user)
        return made


class CatalogueChooserViewSet(chooser.SnippetChooserViewSet):
    # Wagtail translates its default labels only once, at startup.
    choose_one_text = page_title = _("Choose")
    choose_another_text = _("Choose another")
    choose_view_class = CatalogueChooseView
    choose_results_view_class = CatalogueChooseResultsView
    chosen_view_class = CatalogueChosenView
    chosen_multiple_view_class = CatalogueChosenMultipleView
    create_view_class = CatalogueCreateView


class CatalogueViewSet(SnippetViewSet):
    index_view_class = CatalogueIndexView
    edit_view_class = CatalogueEditView
    copy_view_class = CatalogueCopyView
    delete_view_class = CatalogueDeleteView
    usage_view_class = CatalogueUsageView
    history_view_class = CatalogueHistoryView
    chooser_viewset_class = CatalogueChooserViewSet
