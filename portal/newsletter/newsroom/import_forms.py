"""The forms for an imported list: the file, the roles of its columns, and the options for its lines."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy

from portal.formats.fields import TypedDateField
from portal.newsletter.importing.columns import ColumnRole, Columns
from portal.newsletter.importing.lists import (
    MAX_FILE_SIZE,
    ImportListError,
    groups_in,
    problem_with_consent,
    read_table,
    too_large,
)
from portal.newsletter.importing.running import ImportPlan, plan_of, table_of
from portal.newsletter.issuing import edition_containing
from portal.newsletter.models import ListImport, Rhythm
from portal.newsletter.sections import sections_of

# A column of groups with more words is free text.
MOST_GROUPS = 100
ROLES = {
    ColumnRole.ADDRESS: gettext_lazy("E-mail address"),
    ColumnRole.CONSENT: gettext_lazy("Date of consent"),
    ColumnRole.SOURCE: gettext_lazy("Source of consent: where, or by which form"),
    ColumnRole.STATE: gettext_lazy("State, as a word such as “unsubscribed”"),
    ColumnRole.AGREED: gettext_lazy("Has agreed: yes or no"),
    ColumnRole.LEFT: gettext_lazy("Has left, bounced or is blocked: yes, or a date"),
    ColumnRole.WHY_LEFT: gettext_lazy("Why somebody has left: any text"),
    ColumnRole.GROUPS: gettext_lazy("Groups or interests"),
    ColumnRole.NOTES: gettext_lazy("Notes: only searched for words such as “unsubscribed”"),
    ColumnRole.IGNORED: gettext_lazy("Not needed: it says nothing about consent"),
}


class ImportForm(forms.Form):
    newsletter: Any = forms.ModelChoiceField(queryset=None, label=gettext_lazy("Newsletter"))
    file = forms.FileField(
        label=gettext_lazy("List"),
        help_text=gettext_lazy(
            "XLSX, ODS, XLS or CSV, such as an export of Brevo, Mailchimp, Sarbacane, Mailjet, MailPoet or "
            "CleverReach. Nothing is imported yet: the next page shows what the columns are."
        ),
        max_length=255,
    )

    def __init__(self, *args: Any, newsletters: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["newsletter"].queryset = newsletters  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_SIZE:
            raise ValidationError(too_large())
        self.content = file.read()
        try:
            read_table(self.content)
        except ImportListError as error:
            raise ValidationError(str(error)) from error
        return file


class ImportPlanForm(forms.Form):
    """A field for each column, and one for each group in the lines."""

    proof = forms.CharField(
        label=gettext_lazy("Proof of consent"),
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=20,
        max_length=2000,
        help_text=gettext_lazy("How and with which words these people agreed to it. This is stored with each of them."),
    )
    agreed_on = TypedDateField(
        label=gettext_lazy("Day of consent of all others"),
        required=False,
        help_text=gettext_lazy(
            "Only if everybody whose line has no date of consent agreed on this day, such as at a fair, and you can "
            "prove it. The day on which somebody was added to a list does not count."
        ),
    )
    sends_invitations = forms.BooleanField(
        label=gettext_lazy("Send everybody without a date of consent one mail that asks for it"),
        required=False,
        help_text=gettext_lazy("They receive the newsletter once they confirm. Otherwise they are left out."),
    )
    rhythm = forms.ChoiceField(label=gettext_lazy("How often"), choices=Rhythm)

    def __init__(self, *args: Any, list_import: ListImport, **kwargs: Any):
        self.plan, self.table = plan_of(list_import), table_of(list_import)
        kwargs["initial"] = {
            name: getattr(self.plan, name) for name in ("proof", "agreed_on", "sends_invitations", "rhythm")
        }
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for number, (name, role) in enumerate(zip(self.table.names, self.plan.roles, strict=True)):
            fields[f"column-{number}"] = forms.ChoiceField(
                label=name or _("Column %(number)d") % {"number": number + 1},
                choices=[("", _("Please choose")), *ROLES.items()],
                initial=role or "",
            )
        edition = edition_containing(list_import.newsletter)
        sections = sections_of(edition) if edition else []
        choices = [("", _("nothing")), *((each.key, each.title) for each in sections)]
        titles = {each.title.casefold(): each.key for each in sections}
        self.groups = groups_in(self.table, self.plan.columns).most_common(MOST_GROUPS) if sections else []
        for number, (word, _count) in enumerate(self.groups):
            chosen = self.plan.sections.get(word, titles.get(word.casefold(), ""))
            fields[f"group-{number}"] = forms.ChoiceField(label=word, choices=choices, required=False, initial=chosen)

    def column_rows(self) -> Iterator[tuple[Any, list[str]]]:
        """The field of each column, and its values in the first lines."""
        for number in range(len(self.table.names)):
            yield self[f"column-{number}"], [cells[number] for cells in self.table.samples if cells[number]]

    def group_rows(self) -> Iterator[tuple[str, int, Any]]:
        """The word of each group, its number of lines, and its field."""
        for number, (word, count) in enumerate(self.groups):
            yield word, count, self[f"group-{number}"]

    def others(self) -> list[Any]:
        return [self[name] for name in ("proof", "agreed_on", "sends_invitations", "rhythm")]

    def clean_agreed_on(self) -> Any:
        day = self.cleaned_data["agreed_on"]
        if day and (problem := problem_with_consent(day.isoformat())):
            raise ValidationError(f"{capfirst(problem)}.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        addresses = [number for number, role in enumerate(self._roles(cleaned)) if role == ColumnRole.ADDRESS]
        if not addresses:
            raise ValidationError(_("Say which column has the e-mail addresses."))
        for number in addresses[1:]:
            self.add_error(f"column-{number}", _("Only one column can have the e-mail addresses."))
        return cleaned

    def _roles(self, cleaned: dict[str, Any]) -> list[str | None]:
        return [cleaned.get(f"column-{number}") or None for number in range(len(self.table.names))]

    def chosen(self) -> dict[str, Any]:
        """The plan with these choices, as it is stored."""
        cleaned = self.cleaned_data
        day = cleaned["agreed_on"]
        sections = {word: cleaned.get(f"group-{number}", "") for number, (word, _count) in enumerate(self.groups)}
        roles = self._roles(cleaned)
        if roles != self.plan.roles:
            # Other columns may have the groups. Their table is shown next.
            known = groups_in(self.table, Columns(tuple(ColumnRole(role) if role else None for role in roles)))
            sections = {word: key for word, key in sections.items() if word in known}
        return asdict(
            ImportPlan(
                roles=roles,
                proof=cleaned["proof"],
                agreed_on=day.isoformat() if day else "",
                sends_invitations=cleaned["sends_invitations"],
                rhythm=cleaned["rhythm"],
                sections=sections,
            )
        )
