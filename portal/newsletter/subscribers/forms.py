"""The public forms: sign-up and preferences."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.content.readers.form_fields import ReaderAddressField
from portal.content.readers.form_guard import GuardedForm
from portal.content.serving.editions import Edition
from portal.newsletter.models import NewsletterPage, Rhythm
from portal.newsletter.models.subscribers import Subscriber
from portal.newsletter.sections import sections_of
from portal.newsletter.subscribers.subscription import SubscriptionChoice


class ChoiceForm(forms.Form):
    rhythm = forms.ChoiceField(label=_("How often?"), widget=forms.RadioSelect)
    sections = forms.MultipleChoiceField(
        label=_("About what?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one section.")},
    )

    def __init__(self, *args: Any, newsletter: NewsletterPage, edition: Edition, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.edition = edition
        optional = {Rhythm.WEEKLY: newsletter.offers_weekly, Rhythm.ALERTS: newsletter.offers_alerts}
        rhythms = [(rhythm.value, rhythm.label) for rhythm in Rhythm if optional.get(rhythm, True)]
        sections = [(section.key, section.title) for section in sections_of(edition)]
        self._offer("rhythm", rhythms, Rhythm.ISSUES.value)
        self._offer("sections", sections, [key for key, _title in sections])

    def _offer(self, name: str, choices: list[tuple[str, Any]], initial: Any) -> None:
        """Set the choices of a field; remove the field if there are fewer than two."""
        if len(choices) < 2:
            del self.fields[name]
            return
        self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields[name].initial = initial

    @property
    def choice(self) -> SubscriptionChoice:
        keys = self.cleaned_data.get("sections", [])
        offered = self.fields["sections"].choices if "sections" in self.fields else []  # type: ignore[attr-defined]
        return SubscriptionChoice(
            language=self.cleaned_data.get("language") or self.edition.language,
            rhythm=Rhythm(self.cleaned_data.get("rhythm") or Rhythm.ISSUES),
            sections=[] if len(keys) == len(offered) else [UUID(key) for key in keys],
        )


class SignUpForm(ChoiceForm, GuardedForm):
    asks_for_mail = True
    address = ReaderAddressField(label=_("Your e-mail address"))
    consent = forms.BooleanField(error_messages={"required": _("Without your consent we may not write to you.")})

    field_order = ["address", "rhythm", "sections", "consent"]

    def __init__(self, *args: Any, newsletter: NewsletterPage, edition: Edition, **kwargs: Any):
        super().__init__(*args, newsletter=newsletter, edition=edition, **kwargs)
        self.fields["consent"].label = newsletter.consent_text


class PreferencesForm(ChoiceForm):
    language = forms.ChoiceField(label=_("In which language?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, subscriber: Subscriber, languages: list[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        self._offer("language", [(code, names[code]) for code in languages], subscriber.language)
        if "rhythm" in self.fields:
            self.fields["rhythm"].initial = subscriber.rhythm
        if "sections" in self.fields and (chosen := subscriber.section_keys):
            self.fields["sections"].initial = [str(key) for key in chosen]
