"""The form with which an approver invites a guest, and the guest's form below the draft."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext_lazy

from portal.content.readers.form_fields import ReaderAddressField
from portal.editorial.records.invitations import LONGEST_REMARK, GuestRemark, ReviewInvitation

DAYS = (3, 7, 14, 30)


class InvitationForm(forms.ModelForm):
    days = forms.TypedChoiceField(
        label=gettext_lazy("Open for"),
        coerce=int,
        initial=7,
        choices=[(days, ngettext_lazy("%(days)d day", "%(days)d days", days) % {"days": days}) for days in DAYS],
    )

    class Meta:
        model = ReviewInvitation
        fields = ["name", "email", "language", "message"]
        field_classes = {"email": ReaderAddressField}
        widgets = {"message": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "language": gettext_lazy("The language of the mail, and of the form below the draft."),
            "message": gettext_lazy("It is part of the mail. Say what they should look at, and by when."),
        }

    def save(self, commit: bool = True) -> ReviewInvitation:
        self.instance.expires_at = timezone.now() + timedelta(days=self.cleaned_data["days"])
        return super().save(commit=commit)


class RemarkForm(forms.Form):
    """A guest's remark or agreement; the button `answer` says which."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Your remark"), required=False, max_length=LONGEST_REMARK, widget=forms.Textarea
    )
    content_hash = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    # Honeypot: invisible to people, filled in by robots.
    website = forms.CharField(label=gettext_lazy("Leave this empty"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.kind is None:
            raise forms.ValidationError(_("Choose one of the two answers."))
        if self.kind == GuestRemark.Kind.REMARK and not self.has_error("text") and not cleaned.get("text", "").strip():
            self.add_error("text", _("Write your remark."))
        return cleaned

    @property
    def kind(self) -> GuestRemark.Kind | None:
        answer = self.data.get("answer")
        return GuestRemark.Kind(answer) if answer in GuestRemark.Kind.values else None

    @property
    def is_spam(self) -> bool:
        return bool(self.data.get("website"))
