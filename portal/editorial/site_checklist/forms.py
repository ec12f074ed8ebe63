"""The form of a site's checklist: a level for each line and kind of page, limits, and words to avoid."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _, pgettext_lazy
from wagtail.models import Site

from portal.content.kinds import models_of
from portal.content.pages.pages import PortalPage
from portal.editorial.approval.checklist import ChecklistLine, Level, lines
from portal.editorial.records.site_checklist import LONGEST, SHORTEST, SiteChecklist
from portal.editorial.roles import homes_of
from portal.editorial.site_checklist.rules import OTHER_PAGES, level_in
from portal.editorial.site_checklist.words import (
    LONGEST_WORD,
    MOST_WORDS,
    WordListError,
    pairs_of,
    read_words,
    write_words,
)
from portal.formats.words import language_name

LEVELS = [
    (Level.OFF.value, pgettext_lazy("level of a checklist line", "off")),
    (Level.ADVICE.value, pgettext_lazy("level of a checklist line", "advice")),
    (Level.REQUIRED.value, pgettext_lazy("level of a checklist line", "required")),
]
# The lines that need a limit.
LIMITED = {"title_length": "longest_title", "standfirst_length": "longest_standfirst"}


class Column(NamedTuple):
    name: str
    label: str
    model: Any


def columns() -> list[Column]:
    own = [Column(model.kind.name, model.kind.label, model) for model in models_of()]
    return [*own, Column(OTHER_PAGES, _("Other pages"), PortalPage)]


class SiteChecklistForm(forms.ModelForm):
    class Meta:
        model = SiteChecklist
        fields = ["longest_title", "longest_standfirst"]

    def __init__(self, *args: Any, site: Site, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.columns, self.cells = columns(), dict[tuple[str, str], Level]()
        for line in lines:
            for column in self.columns:
                self._add_level(line, column)
        for name in LIMITED.values():
            self.fields[name].widget.attrs |= {"min": SHORTEST, "max": LONGEST}
        self.languages = [home.locale.language_code for home in homes_of(site)]
        for code in self.languages:
            field = forms.CharField(
                label=_("Words to avoid: %(language)s") % {"language": language_name(code)},
                required=False,
                widget=forms.Textarea(attrs={"rows": 6, "lang": code}),
                help_text=_("One in each line, with a better one: utilise = use. Whole words, in any case."),
            )
            field.initial = write_words(pairs_of(self.instance.words, code))
            self.fields[f"words-{code}"] = field

    def _add_level(self, line: ChecklistLine, column: Column) -> None:
        default = line.default(column.model)
        if default is None:
            return
        self.cells[line.code, column.name] = default
        names = {**dict(LEVELS), default.value: f"{dict(LEVELS)[default.value]} *"}
        self.fields[f"{line.code}-{column.name}"] = forms.ChoiceField(
            label=f"{line.label}: {column.label}",
            choices=list(names.items()),
            initial=level_in(self.instance.levels, line.code, column.name) or default.value,
        )

    def rows(self) -> Iterator[tuple[Any, list[Any]]]:
        """Each line's label with a field for each column, or None where the line does not apply."""
        for line in lines:
            names = [f"{line.code}-{column.name}" for column in self.columns]
            yield line.label, [self[name] if name in self.fields else None for name in names]

    def limits(self) -> list[Any]:
        return [self[name] for name in LIMITED.values()]

    def word_lists(self) -> list[Any]:
        return [self[f"words-{code}"] for code in self.languages]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for code in self.languages:
            name = f"words-{code}"
            try:
                cleaned[name] = read_words(cleaned.get(name) or "")
            except WordListError as error:
                words = {"line": error.line, "longest": LONGEST_WORD, "most": MOST_WORDS}
                text = _(
                    "Line %(line)d: write the word, an equals sign and a better one, each with at most %(longest)d "
                    "characters. A list has at most %(most)d lines."
                )
                self.add_error(name, text % words)
        for line, limit in LIMITED.items():
            is_on = any(cleaned.get(f"{line}-{column.name}") not in (None, Level.OFF) for column in self.columns)
            if is_on and limit not in self.errors and not cleaned.get(limit):
                self.add_error(limit, _("Enter a limit, or switch the line off for all kinds of pages."))
        return cleaned

    def save(self, commit: bool = True) -> SiteChecklist:
        levels: dict[str, dict[str, str]] = {}
        for (line, column), default in self.cells.items():
            chosen = self.cleaned_data[f"{line}-{column}"]
            if chosen != default:
                levels.setdefault(line, {})[column] = chosen
        self.instance.levels = levels
        # The lists of languages that the site does not have now remain.
        words = self.instance.words if isinstance(self.instance.words, dict) else {}
        self.instance.words = words | {code: self.cleaned_data[f"words-{code}"] for code in self.languages}
        saved: SiteChecklist = super().save(commit)
        return saved
