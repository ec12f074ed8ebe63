"""The columns of the audit log's reports and spreadsheets, and their rows as text."""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from portal.audit.actions import action_label, sentence_of
from portal.audit.words import Words

COLUMNS = {
    "sequence": _("No."),
    "at": _("Date/Time"),
    "site": _("Site"),
    "actor": pgettext_lazy("of an act", "Who"),
    "source": pgettext_lazy("of an act", "From where"),
    "action": _("Action"),
    "kind": _("Type"),
    "object": pgettext_lazy("of an act", "What"),
    "object_key": _("Key"),
    "before": pgettext_lazy("of an act", "Before"),
    "after": pgettext_lazy("of an act", "After"),
    "data": _("Details"),
    "hash": _("Hash"),
}


class Rows:
    """Converts an entry from `records` to the values of COLUMNS, in the reader's language."""

    def __init__(self) -> None:
        self.words = Words()

    def __call__(self, record: dict[str, Any]) -> list[Any]:
        who, what, model = record["who_words"], record["what_words"], record["model"]
        data = what.get("data")
        sentence = sentence_of(record["action"], data) if isinstance(data, dict) else ""
        values = {
            **record,
            "site": self.words.site(record["site_key"]),
            "actor": who.get("name") or self.words.person(record["actor_key"]),
            "source": who.get("source"),
            "action": action_label(record["action"]),
            "kind": _kind(model),
            "object": what.get("title") or self.words.record(model, record["object_key"]),
            **{name: self.words.of(model, what.get(name)) for name in ("before", "after")},
            "data": sentence or self.words.of(model, data),
        }
        return ["" if values[name] is None else values[name] for name in COLUMNS]


def _kind(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name) if label else ""
    except LookupError:
        return label
