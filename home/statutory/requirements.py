"""Requirements of statutory pages that depend on the country or on the compliance status."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from home.statutory.accessibility import AccessibilityStatementPage, Compliance
from home.statutory.base import Country
from home.statutory.legal import LegalNoticePage
from portal.editorial.approval.checklist import Finding


def missing_in_statutory_page(page: Any, live_at: datetime) -> Iterator[Finding]:
    if isinstance(page, AccessibilityStatementPage) and page.compliance != Compliance.NOT:
        for name, value in (("share_met", page.share_met), ("audited_on", page.audited_on)):
            if value is None:
                yield Finding("audit", _("A statement of compliance needs an audit: give its date and result."), name)
    if isinstance(page, AccessibilityStatementPage) and page.compliance == Compliance.PARTIAL and not page.failures:
        yield Finding("failures", _("For partial compliance, say what is not accessible."), "failures")
    if isinstance(page, LegalNoticePage):
        needed = {
            Country.FRANCE: {
                "contact_phone": _("French law requires a telephone number."),
                "host_name": _("French law requires the name of the hosting provider."),
                "host_address": _("French law requires the address of the hosting provider."),
            },
            Country.GERMANY: {"represented_by": _("German law requires the name of a representative.")},
        }
        for name, message in needed.get(Country(page.country), {}).items():
            if not getattr(page, name).strip():
                yield Finding(name, message, name)
