"""The newsroom forms that have lists, found by their models, and a record for each."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from allauth.socialaccount.models import SocialApp
from django.apps import apps
from django.db.models import Model
from django.forms.formsets import BaseFormSet
from django.urls import reverse
from django.utils import timezone
from modelcluster.forms import BaseChildFormSet
from modelcluster.models import get_all_child_relations
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.fields import StreamField
from wagtail.models import Comment, Page, Workflow, get_page_models

from events.models import EventPage
from home.models import FormPage, HomePage
from portal.content.records.network_notice import NetworkNotice
from portal.content.records.people import Person
from portal.editorial.models import ClaimedRole
from portal.editorial.sign_in.providers.configured import OPENID
from portal.newsletter.models import IssuePage
from portal.sheets.models import SheetPage
from tests.builders import (
    SampleSite,
    make_event,
    make_form_page,
    make_gated_document,
    make_person,
    make_sheet_page,
    sheet_block,
)
from tests.editorial.rows.window import OpenForm, is_own
from tests.newsletter.makers import make_issue, make_newsletter
from tests.project.samples import make_page_of

MAKERS: dict[type[Model], Callable[[SampleSite], Any]] = {
    EventPage: lambda ground: make_event(ground.calendar, recurrence="FREQ=WEEKLY;COUNT=5"),
    FormPage: lambda ground: make_form_page(ground.home),
    HomePage: lambda ground: ground.home,
    IssuePage: lambda ground: make_issue(make_newsletter(ground)),
    SheetPage: lambda ground: make_sheet_page(ground.home, sheet_block(make_gated_document(ground))),
    Person: lambda ground: make_person(),
    NetworkNotice: lambda ground: NetworkNotice.objects.create(ends_at=timezone.now() + timedelta(days=1)),
    Workflow: lambda ground: ground.home.get_workflow(),
}


def page_lists(model: type[Page]) -> set[str]:
    """The names of a page type's inline lists."""
    return set(model.get_edit_handler().get_form_class().formsets) - {"comments"}


def has_streams(model: type[Model]) -> bool:
    return any(isinstance(field, StreamField) for field in model._meta.get_fields())


PAGES = [model for model in get_page_models() if model is not Page and (page_lists(model) or has_streams(model))]
RECORDS = [
    model
    for model in apps.get_models()
    # Replies to a comment are not part of a form.
    if not issubclass(model, Page | Comment) and (get_all_child_relations(model) or has_streams(model))
]


def record_of(model: type[Model], ground: SampleSite) -> Any:
    if model in MAKERS:
        return MAKERS[model](ground)
    if issubclass(model, BaseSiteSetting):
        return model.for_site(ground.site)
    assert issubclass(model, Page), f"The test has no record of {model.__name__}, whose form has lists."
    return make_page_of(model, ground)


def opened_record(client: Any, user: Any, record: Any) -> OpenForm:
    path = AdminURLFinder(user).get_edit_url(record)
    assert path, f"The test does not find the form of {type(record).__name__}, which has lists."
    return OpenForm(client, path, record)


class ProviderForm(OpenForm):
    """A sign-in provider's form, with its role table."""

    def __init__(self, client: Any):
        facts = {"name": "La région", "client_id": "portal", "settings": {"server_url": "https://region.example"}}
        app = SocialApp.objects.create(provider=OPENID, provider_id="region", **facts)
        super().__init__(client, reverse("sign_in_provider", args=[app.pk]), app)

    def rows_of(self, record: Any, name: str) -> list[str]:
        rows = ClaimedRole.objects.filter(provider=record.provider_id).order_by("value", "pk")
        return list(rows.values_list("value", flat=True))


def forms_of_other_lists() -> set[str]:
    """The forms of our own lists that do not belong to a model with relations."""

    def below(known: type) -> Iterator[Any]:
        for each in known.__subclasses__():
            yield each
            yield from below(each)

    rows = {
        each.form for each in below(BaseFormSet) if hasattr(each, "form") and not issubclass(each, BaseChildFormSet)
    }
    return {form.__name__ for form in rows if is_own(form)}
