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
from portal.editorial.site_checklist.network import LIMITED, level_in
from portal.editorial.site_checklist.rules import OTHER_PAGES
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


class Cell(NamedTuple):
    """A line for a kind of page: the field with which it is set, or the level that is locked; neither if it is not for
    this kind.
    """

    field: Any = None
    text: Any = ""


class RuleRow(NamedTuple):
    label: Any
    cells: list[Cell]
    is_locked: bool
    # The box that locks the line for all sites.
    lock: Any = None


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

    def __init__(self, *args: Any, site: Site | None, network: SiteChecklist | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.network = network or SiteChecklist()
        self.columns, self.cells = columns(), dict[tuple[str, str], Level]()
        self.locked = dict[tuple[str, str], Level]()
        for line in lines:
            for column in self.columns:
                self._add_level(line, column)
        self.locked_limits = list[tuple[Any, int]]()
        for code, name in LIMITED.items():
            self._prepare_limit(code, name)
        self.languages = [home.locale.language_code for home in homes_of(site)] if site else []
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
        default = level_in(self.network.levels, line.code, column.name) or default
        if line.code in self.network.locked:
            self.locked[line.code, column.name] = default
            return
        self.cells[line.code, column.name] = default
        names = {**dict(LEVELS), default.value: f"{dict(LEVELS)[default.value]} *"}
        self.fields[f"{line.code}-{column.name}"] = forms.ChoiceField(
            label=f"{line.label}: {column.label}",
            choices=list(names.items()),
            initial=level_in(self.instance.levels, line.code, column.name) or default.value,
        )

    def _prepare_limit(self, code: str, name: str) -> None:
        limit, label = getattr(self.network, name), self.fields[name].label
        if limit and code in self.network.locked:
            # Without the field, a forged request changes nothing, and the site's own limit remains.
            del self.fields[name]
            self.locked_limits.append((label, limit))
            return
        self.fields[name].widget.attrs |= {"min": SHORTEST, "max": LONGEST}
        if limit:
            self.fields[name].help_text = _("Empty: %(number)d, as on all sites.") % {"number": limit}

    def rows(self) -> Iterator[RuleRow]:
        for line in lines:
            cells = [self._cell(line.code, column.name) for column in self.columns]
            lock = self[f"lock-{line.code}"] if f"lock-{line.code}" in self.fields else None
            yield RuleRow(line.label, cells, line.code in self.network.locked, lock)

    def _cell(self, line: str, column: str) -> Cell:
        if (line, column) in self.locked:
            return Cell(text=dict(LEVELS)[self.locked[line, column].value])
        return Cell(self[f"{line}-{column}"]) if (line, column) in self.cells else Cell()

    def limits(self) -> list[Any]:
        return [self[name] for name in LIMITED.values() if name in self.fields]

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
            has_limit = cleaned.get(limit) or getattr(self.network, limit)
            if is_on and limit not in self.errors and not has_limit:
                self.add_error(limit, _("Enter a limit, or switch the line off for all kinds of pages."))
        return cleaned

    def save(self, commit: bool = True) -> SiteChecklist:
        before = self.instance.levels if isinstance(self.instance.levels, dict) else {}
        levels: dict[str, Any] = {code: before[code] for code in self.network.locked if code in before}
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


class NetworkChecklistForm(SiteChecklistForm):
    """The defaults of all sites, with a box for each line that locks it."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, site=None, **kwargs)
        for line in lines:
            label = _("No site may change it: %(line)s") % {"line": line.label}
            is_locked = line.code in self.instance.locked
            self.fields[f"lock-{line.code}"] = forms.BooleanField(label=label, required=False, initial=is_locked)

    def save(self, commit: bool = True) -> SiteChecklist:
        self.instance.locked = [line.code for line in lines if self.cleaned_data[f"lock-{line.code}"]]
        return super().save(commit)
