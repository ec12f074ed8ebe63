"""The entry of the privacy notice about counting readers."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from portal.content.readers.processing import LegalGround, Processing
from portal.content.serving.editions import Edition
from portal.readership.counting.counter import REFUSAL
from portal.readership.models import ReadershipChoices


def processing_by_readership(edition: Edition) -> Iterator[Processing]:
    if ReadershipChoices.objects.filter(site=edition.site, is_counting=False).exists():
        return
    months = settings.READERSHIP_MONTHS
    retention = _("Sums: for as long as the site exists.")
    if months:
        retention = ngettext("Sums: %(months)d month.", "Sums: %(months)d months.", months) % {"months": months}
    yield Processing(
        _("To count how often our pages are read"),
        _(
            "Which page was opened in which hour, the kind of site that led to it, the kind of device and to which "
            "other sites its links were followed, as sums without any person. Your address and the name of your "
            "browser are turned into a number that stays in memory for a day at most and is never stored. No cookie, "
            "no third party. If your browser sends “Global Privacy Control” or “Do Not Track”, you are not counted."
        ),
        LegalGround.INTEREST,
        retention,
        refusal=REFUSAL,
        refusal_url=reverse("readership:objection"),
    )
