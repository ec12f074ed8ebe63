"""Admin views of catalogue records, in which nobody sees those of another site."""

from typing import Any

from django.utils.translation import gettext_lazy as _
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

from portal.core.separation.records import PermittedChoices, PermittedCreation, PermittedList, RequiresObjectPermission


class CatalogueIndexView(PermittedList, IndexView):
    pass


class CatalogueEditView(RequiresObjectPermission, EditView):
    pass


class CatalogueCopyView(RequiresObjectPermission, CopyView):
    required_permission = "add"


class CatalogueDeleteView(RequiresObjectPermission, DeleteView):
    required_permission = "delete"


class CatalogueUsageView(RequiresObjectPermission, UsageView):
    pass


class CatalogueHistoryView(RequiresObjectPermission, HistoryView):
    pass


class CatalogueChoices(PermittedChoices):
    required_permission = "view"


class NamesLanguage:
    """A chooser whose filter says what Wagtail calls a locale, without a label to translate."""

    def get_filter_form(self) -> Any:
        form = super().get_filter_form()  # type: ignore[misc]
        if "locale" in form.fields:
            form.fields["locale"].label = _("Language")
        return form


class CatalogueChooseView(NamesLanguage, CatalogueChoices, chooser.ChooseView):
    pass


class CatalogueChooseResultsView(NamesLanguage, CatalogueChoices, chooser.ChooseResultsView):
    pass


class CatalogueChosenView(CatalogueChoices, chooser.SnippetChosenView):
    pass


class CatalogueChosenMultipleView(CatalogueChoices, chooser.SnippetChosenMultipleView):
    pass


class CatalogueCreateView(PermittedCreation, chooser.SnippetCreateView):
    pass


class CatalogueChooserViewSet(chooser.SnippetChooserViewSet):
    # Wagtail translates its own once, when it starts.
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
