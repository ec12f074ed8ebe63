"""Acts in words, and the columns of reports and spreadsheets."""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.log_actions import registry

from portal.audit.words import Words

ACTIONS = {
    "portal.session.begin": _("Signed in"),
    "portal.session.end": _("Signed out"),
    "portal.session.fail": _("Sign-in refused"),
    "portal.factor.add": _("Second factor added"),
    "portal.factor.remove": _("Second factor removed"),
    "portal.factor.reset": _("Recovery codes made anew"),
    "portal.factor.fail": _("Second factor refused"),
    "portal.factor.password": _("Password changed"),
    "portal.account.created": _("Account created"),
    "portal.account.asked": _("Another address asked for"),
    "portal.account.refused": _("Another address refused"),
    "portal.account.address": _("Address changed"),
    "portal.account.password": _("Password set by an administrator"),
    "portal.account.link": _("Link to set the password sent"),
    "portal.account.factors": _("Second factors removed by an administrator"),
    "portal.account.withdrawn": _("Invitation withdrawn"),
    "portal.account.roles": _("Roles changed"),
    "portal.account.proposed": _("Role proposed"),
    "portal.account.declined": _("Proposed role turned down"),
    "portal.account.alone": _("Role given without a second administrator"),
    "portal.account.state": _("Account opened or closed"),
    "portal.account.deleted": _("Account deleted"),
    "portal.account.left": _("Left the newsroom"),
    "portal.account.export": _("List of accounts exported"),
    "portal.settings.change": _("Settings changed"),
    "portal.settings.create": _("Settings created"),
    "portal.settings.delete": _("Settings deleted"),
    "portal.command": _("Command of the operator"),
    "portal.audit.export": _("Audit log exported"),
    "portal.audit.erase": _("Personal words erased from the audit log"),
    "portal.audit.prune": _("Old entries removed from the audit log"),
}
COLUMNS = {
    "sequence": _("No."),
    "at": _("Date/Time"),
    "site": _("Site"),
    "actor": pgettext_lazy("of an act", "Who"),
    "source": pgettext_lazy("of an act", "From where"),
    "action": _("Action"),
    "kind": _("Type"),
    "object": pgettext_lazy("of an act", "What"),
    "before": pgettext_lazy("of an act", "Before"),
    "after": pgettext_lazy("of an act", "After"),
    "data": _("Details"),
    "hash": _("Hash"),
}


def action_label(action: str) -> str:
    registry.scan_for_actions()
    formatter = registry.formatters.get(action)
    return str(ACTIONS.get(action) or (formatter and formatter.label) or action)


class Rows:
    """What COLUMNS name of each entry from `records`, in the reader's language."""

    def __init__(self) -> None:
        self.words = Words()

    def __call__(self, record: dict[str, Any]) -> list[Any]:
        who, what, key = record["who_words"], record["what_words"], record["object_key"]
        values = {
            **record,
            "site": self.words.site(record["site_key"]),
            "actor": who.get("name") or record["actor_key"],
            "source": who.get("source"),
            "action": action_label(record["action"]),
            "kind": _kind(record["model"]),
            "object": f"{what.get('title', '')} ({key})" if key else what.get("title"),
            **{name: self.words.of(record["model"], what.get(name)) for name in ("before", "after", "data")},
        }
        return ["" if values[name] is None else values[name] for name in COLUMNS]


def _kind(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name) if label else ""
    except LookupError:
        return label
