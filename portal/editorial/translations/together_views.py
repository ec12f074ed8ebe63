"""The page editor's buttons that act on several languages, and their actions."""

from collections.abc import Sequence
from copy import copy
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.models import Page

from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.next_step import sent_text, tell_approved
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.translations.together import Act, Together, keys_in, next_act, run, together_of

# The names of the buttons in the form and in Wagtail's action menu.
ACTS = {"approve": Act.APPROVE, "action-submit": Act.SUBMIT, "action-publish": Act.PUBLISH}


class NamedItem(ActionMenuItem):
    """A button of the editor with its own value or URL."""

    template_name = "editorial/translations/named_item.html"

    def __init__(self, name: str, label: str, value: str, icon_name: str, url: str = ""):
        super().__init__()
        self.name, self.label, self.value, self.icon_name, self.url = name, label, value, icon_name, url

    def get_url(self, parent_context: Any) -> str:
        return self.url

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {**super().get_context_data(parent_context), "value": self.value}


def name_languages(items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]) -> None:
    """Hook: if a page has drafts in other languages, its buttons name the languages on which they act.

    An approver has only seen this text. So the button for several languages leads to the review page, which shows all
    languages.
    """
    page, is_autosave = context.get("page"), request.headers.get("accept") == "application/json"
    if context["view"] != "edit" or page is None or not page.pk or is_autosave:
        return
    named: list[ActionMenuItem] = []
    for item in items:
        act = ACTS.get(item.name or "")
        together = together_of(page, request.user, act) if act else None
        named += [item] if act is None or together is None else _named(item, act, together, page, context)
    items[:] = named


def _named(
    item: ActionMenuItem, act: Act, together: Together, page: Any, context: dict[str, Any]
) -> list[ActionMenuItem]:
    values = item.get_context_data(context)
    label = _("Schedule to publish") if values.get("is_scheduled") else values["label"]
    if act == Act.APPROVE:
        alone = copy(item)
        alone.label = together.label_alone(label)
    else:
        alone = NamedItem(str(item.name), together.label_alone(label), "1", item.icon_name)
    if not together.ready or values.get("launch_modal"):
        return [alone]
    step = page.current_workflow_task_state
    url = reverse("editorial:answer", args=[step.pk]) if act == Act.APPROVE else ""
    return [NamedItem(str(item.name), together.label(label), together.value, item.icon_name, url), alone]


def languages_behind(page: Any, user: Any) -> list[tuple[str, str]]:
    """The languages that cannot be included in the next action, with the reasons."""
    act = next_act(page, user)
    together = together_of(page, user, act) if act else None
    return together.behind if together else []


def locked_together(request: HttpRequest, page: int) -> Sequence[int]:
    """The primary keys of the pages that the pressed button acts on."""
    return [page, *(key for name in ACTS for key in keys_in(request.POST.get(name, "")))]


def act_together(request: HttpRequest, page: Page, act: Act, keys: Sequence[int]) -> bool:
    """Act on the latest draft of a page and on these versions; show the result for each, or every refusal."""
    try:
        pages = run(act, page, keys, request.user)
    except PublicationRefusedError as refusal:
        show_refusal(request, refusal)
        return False
    for each in pages:
        if act == Act.SUBMIT:
            messages.success(request, sent_text(each))
        else:
            tell_approved(request, each)
    return True
