"""The forms of a release: its title, minute and note; what happens to a page; the search for pages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.models import Page

from portal.content.pages.pages import PortalPage
from portal.content.visibility import HOME_DEPTH, HOME_LENGTH
from portal.editorial.planning.filters import LAST_YEAR
from portal.editorial.records.releases import Release, ReleaseAction
from portal.editorial.releases.building import may_move_below
from portal.editorial.work_area import WorkArea
from portal.formats.fields import TypedDateTimeField
from portal.formats.words import date_and_time


class ReleaseForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    at = TypedDateTimeField(label=gettext_lazy("Readers see it from"), widget=AdminDateTimeInput)
    note = forms.CharField(
        label=pgettext_lazy("planning", "Note"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3})
    )

    def clean_at(self) -> datetime:
        """A whole minute that is to come."""
        at: datetime = self.cleaned_data["at"].replace(second=0, microsecond=0)
        if at <= timezone.now():
            raise ValidationError(_("This time has passed: choose a later one."))
        if localtime(at).year > LAST_YEAR:
            raise ValidationError(_("This is too far ahead."))
        return at


class AddForm(forms.Form):
    """The release to which a page is added, and what happens to it there."""

    release = forms.ChoiceField(label=gettext_lazy("Release"))
    action = forms.ChoiceField(label=gettext_lazy("What happens to the page"), widget=forms.RadioSelect)
    parent = forms.ChoiceField(
        label=gettext_lazy("New location"), required=False, help_text=gettext_lazy("Only for a move.")
    )

    def __init__(self, data: Any, *, page: Page, releases: list[Release], user: Any, **options: Any):
        super().__init__(data, **options)
        self.releases = {str(release.pk): release for release in releases}
        choices = [(key, f"{each.title} ({date_and_time(localtime(each.at))})") for key, each in self.releases.items()]
        self.fields["release"].choices = choices  # type: ignore[attr-defined]
        self.parents = {str(each.pk): each for each in new_parents(page, user)}
        actions = offered_actions(page, has_parents=bool(self.parents))
        self.fields["action"].choices = [(action.value, _SENTENCES[action]) for action in actions]  # type: ignore[attr-defined]
        self.initial.setdefault("action", actions[0].value if actions else "")
        self.fields["parent"].choices = [("", "–"), *_grouped(self.parents.values())]  # type: ignore[attr-defined]
        if not self.parents:
            del self.fields["parent"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["release"] = self.releases.get(cleaned.get("release", ""))
        cleaned["parent"] = self.parents.get(cleaned.get("parent", ""))
        if cleaned.get("action") == ReleaseAction.MOVE and cleaned["parent"] is None:
            self.add_error("parent", _("Choose where it moves."))
        return cleaned


_SENTENCES: dict[str, Any] = {
    ReleaseAction.PUBLISH: gettext_lazy("Its newest version is published"),
    ReleaseAction.TAKE_DOWN: gettext_lazy("It is taken down"),
    ReleaseAction.MOVE: gettext_lazy("It moves to another location"),
}


def offered_actions(page: Any, *, has_parents: bool) -> list[ReleaseAction]:
    """What a release can do with the page."""
    has_draft = page.latest_revision_id and not (page.live and page.live_revision_id == page.latest_revision_id)
    found = [ReleaseAction.PUBLISH] if has_draft else []
    if page.live and page.depth > HOME_DEPTH:
        found.append(ReleaseAction.TAKE_DOWN)
    return [*found, ReleaseAction.MOVE] if has_parents else found


def new_parents(page: Page, user: Any) -> list[Page]:
    """The home pages, sections and calendars of the page's language and the user's sites below which it may move."""
    near = Page.objects.filter(WorkArea.of(user).page_condition(), locale=page.locale_id, alias_of=None)
    found = near.exclude(path__startswith=page.path).order_by("path").specific(defer=True)
    return [each for each in found.type(*_parent_types(page)) if may_move_below(page, each, user)]


def _grouped(pages: Iterable[Page]) -> list[tuple[str, Any]]:
    """The choices, below the names of their home pages if there are several."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for page in pages:
        label = f"{'– ' * (page.depth - HOME_DEPTH)}{page.title}"
        groups.setdefault(page.path[:HOME_LENGTH], []).append((str(page.pk), label))
    if len(groups) < 2:
        return [choice for choices in groups.values() for choice in choices]
    titles = dict(Page.objects.filter(path__in=groups).values_list("path", "title"))
    return [(titles[path], choices) for path, choices in groups.items()]


def _parent_types(page: Page) -> list[type[Page]]:
    model = page.specific_class
    return [each for each in model.allowed_parent_page_models() if issubclass(each, PortalPage) and not each.is_item]


class FindForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Find a page"), max_length=200, required=False)
