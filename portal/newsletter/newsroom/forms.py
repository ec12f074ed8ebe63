"""The forms of the newsletter's admin views."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from portal.formats.fields import TypedDateField
from portal.newsletter.importing.lists import MAX_FILE_SIZE, ImportListError, read_list
from portal.newsletter.models import IssuePage, NewsletterPage, Rhythm, Subscriber

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
    """The days since the period of the last issue, or the last 14 days; at most `MAX_PERIOD`."""
    issues = IssuePage.objects.child_of(newsletter).exclude(period_end=None)
    last = issues.order_by("-period_end").values_list("period_end", flat=True).first()
    first = last + timedelta(days=1) if last and last < today else today - timedelta(days=14)
    return max(first, today - MAX_PERIOD), today


class SubscriberSearch(forms.Form):
    site: Any = forms.ModelChoiceField(queryset=None, label=_("Site"), required=False, empty_label=_("All sites"))
    state = forms.ChoiceField(label=_("State"), required=False)
    q = forms.CharField(label=_("E-mail address"), required=False, max_length=254)

    def __init__(self, *args: Any, sites: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("All")), *Subscriber.State.choices]  # type: ignore[attr-defined]


class ImportForm(forms.Form):
    newsletter: Any = forms.ModelChoiceField(queryset=None, label=_("Newsletter"))
    file = forms.FileField(
        label=_("List"),
        help_text=_(
            "A CSV file (UTF-8) with a column “email”; “consented_at” (a date) is stored with it. Exports of Brevo and "
            "Mailchimp are supported: addresses that unsubscribed, bounced or are blocked there are left out."
        ),
    )
    rhythm = forms.ChoiceField(label=_("How often"), choices=Rhythm)
    proof = forms.CharField(
        label=_("Proof of consent"),
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=20,
        max_length=2000,
        help_text=_("How, when and with which words these people agreed to it. This is stored with each of them."),
    )

    def __init__(self, *args: Any, newsletters: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["newsletter"].queryset = newsletters  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_SIZE:
            raise ValidationError(
                _("The file is too large: at most 5 MB, some 50,000 lines. Import a longer list in parts.")
            )
        try:
            self.subscribers, self.rejected = read_list(file.read())
        except ImportListError as error:
            raise ValidationError(str(error)) from error
        return file
