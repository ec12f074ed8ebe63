"""The newsroom's lists of names: nobody sees those of another site."""

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

from portal.core.separation.records import Offered, OwnList, OwnOnly


class OwnIndexView(OwnList, IndexView):
    pass


class OwnEditView(OwnOnly, EditView):
    pass


class OwnCopyView(OwnOnly, CopyView):
    needs = "add"


class OwnDeleteView(OwnOnly, DeleteView):
    needs = "delete"


class OwnUsageView(OwnOnly, UsageView):
    pass


class OwnHistoryView(OwnOnly, HistoryView):
    pass


class OfferedNames(Offered):
    needs = "view"


class ChooseView(OfferedNames, chooser.ChooseView):
    pass


class ChooseResultsView(OfferedNames, chooser.ChooseResultsView):
    pass


class ChosenView(OfferedNames, chooser.SnippetChosenView):
    pass


class ChosenMultipleView(OfferedNames, chooser.SnippetChosenMultipleView):
    pass


class NameChooserViewSet(chooser.SnippetChooserViewSet):
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView


class NameViewSet(SnippetViewSet):
    index_view_class = OwnIndexView
    edit_view_class = OwnEditView
    copy_view_class = OwnCopyView
    delete_view_class = OwnDeleteView
    usage_view_class = OwnUsageView
    history_view_class = OwnHistoryView
    chooser_viewset_class = NameChooserViewSet
