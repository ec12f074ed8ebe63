"""The screen that changes the status or the person of the records selected in a list."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.utils import get_valid_next_url_from_request

from portal.editorial.assignments.forms import SeveralRecordsForm

SELECTED = "selected-submissions"


class SelectionColumn(BaseColumn):
    """Checkboxes within a form with Wagtail's controller `w-bulk`."""

    header_template_name = "editorial/assignments/select_all.html"
    cell_template_name = "editorial/assignments/select.html"


class SeveralRecordsView(TemplateView):
    """For a view of the newsroom, which checks the permission."""

    template_name = "editorial/assignments/change.html"
    http_method_names = ["get", "head", "options", "post"]
    list_url: Any

    def listed(self) -> QuerySet[Any]:
        """All records that the user may change here."""
        raise NotImplementedError

    def people(self) -> Iterable[Any]:
        """Those who may be in charge of all selected records."""
        raise NotImplementedError

    def change(self, **changes: Any) -> int:
        """Change the selected records; return how many changed."""
        raise NotImplementedError

    def sentence(self, number: int) -> str:
        raise NotImplementedError

    def success(self, number: int) -> str:
        raise NotImplementedError

    def read_key(self, text: str) -> Any:
        """The primary key in a query parameter; None if it is none."""
        raise NotImplementedError

    @cached_property
    def keys(self) -> list[Any]:
        """The selected records. Raises Http404 if there are none."""
        selected = [self.read_key(each) for each in self.request.GET.getlist(SELECTED)]
        found = self.listed().filter(pk__in=[key for key in selected if key is not None])
        if not (keys := list(found.order_by("pk").values_list("pk", flat=True))):
            raise Http404
        return keys

    @property
    def back(self) -> str:
        return str(get_valid_next_url_from_request(self.request) or self.list_url)

    @cached_property
    def form(self) -> SeveralRecordsForm:
        data = self.request.POST if self.request.method == "POST" else None
        return SeveralRecordsForm(data, people=self.people())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (self.keys and self.form.is_valid()):
            return self.render_to_response(self.get_context_data())
        messages.success(request, self.success(self.change(**self.form.changes)))
        return redirect(self.back)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sentence = self.sentence(len(self.keys))
        return super().get_context_data(**kwargs) | {"form": self.form, "sentence": sentence, "back": self.back}
