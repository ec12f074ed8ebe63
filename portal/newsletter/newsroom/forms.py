"""The forms of the newsletter's admin views."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from portal.formats.fields import TypedDateField
from portal.newsletter.models import IssuePage, NewsletterPage, Subscriber

MAX_PERIOD = timedelta(days=366)


class PeriodForm(forms.Form):
    first = TypedDateField(label=_("First day"), widget=AdminDateInput)
    last = TypedDateField(label=_("Last day"), widget=AdminDateInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end is before the start."))
        elif first and last and last - first > MAX_PERIOD:
            self.add_error("first", _("A period may be at most a year."))
        elif last and last > timezone.localdate() + MAX_PERIOD:
            self.add_error("last", _("This is too far ahead."))
        return cleaned


class NewIssueForm(PeriodForm):
    title = forms.CharField(label=_("Title"), max_length=255, help_text=_("The subject of the mail."))

    field_order = ["title", "first", "last"]


def period_after(newsletter: NewsletterPage, today: date) -> tuple[date, date]:
    """The days since the last day of the latest issue, or the last 14 days; at most `MAX_PERIOD`.

    The last day of an issue counts again, since stories may have been published after it was filled.
    """
    issues = IssuePage.objects.child_of(newsletter).exclude(period_end=None)
    last = issues.order_by("-period_end").values_list("period_end", flat=True).first()
    first = last if last and last < today else today - timedelta(days=14)
    return max(first, today - MAX_PERIOD), today


class SubscriberSearch(forms.Form):
    site: Any = forms.ModelChoiceField(queryset=None, label=_("Site"), required=False, empty_label=_("All sites"))
    state = forms.ChoiceField(label=_("State"), required=False)
    q = forms.CharField(label=_("E-mail address"), required=False, max_length=254)

    def __init__(self, *args: Any, sites: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("All")), *Subscriber.State.choices]  # type: ignore[attr-defined]
