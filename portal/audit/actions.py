"""The names of the audited acts, and the sentence that describes an act, if Wagtail's log has one."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogFormatter, registry

ACTIONS = {
    "portal.session.begin": _("Signed in"),
    "portal.session.end": _("Signed out"),
    "portal.session.fail": _("Sign-in refused"),
    "portal.factor.add": _("Second factor added"),
    "portal.factor.remove": _("Second factor removed"),
    "portal.factor.reset": _("New recovery codes made"),
    "portal.factor.fail": _("Second factor refused"),
    "portal.factor.password": _("Password changed"),
    "portal.account.created": _("Account created"),
    "portal.account.asked": _("New address requested"),
    "portal.account.refused": _("New address refused"),
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
    "portal.audit.erase": _("Personal data erased from the audit log"),
    "portal.audit.prune": _("Old entries removed from the audit log"),
}


def action_label(action: str) -> str:
    registry.scan_for_actions()
    formatter = registry.formatters.get(action)
    return str(ACTIONS.get(action) or (formatter and formatter.label) or action)


def sentence_of(action: str, data: Mapping[str, Any]) -> str:
    """The sentence for an act in Wagtail's history; empty if there is none."""
    formatter = registry.formatters.get(action)
    if formatter is None or type(formatter).format_message is LogFormatter.format_message:
        return ""
    try:
        return str(formatter.format_message(SimpleNamespace(action=action, data=data)))
    except (AttributeError, KeyError, TypeError, ValueError):
        # The data was written by another version of Wagtail.
        return ""
