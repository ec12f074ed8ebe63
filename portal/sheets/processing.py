"""What documents by mail do with the data of readers, for the privacy notice."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.content.blocks.sheets import KEEPING
from portal.content.readers.processing import LegalGround, Processing
from portal.content.serving.editions import Edition


def processing_by_sheets(edition: Edition) -> Iterator[Processing]:
    yield Processing(
        _("To send you a document that you have asked for"),
        _("Your e-mail address and your answers to the questions of the form, where a page offers such a document."),
        LegalGround.REQUEST,
        _("For as long as the form says, which is %(days)d days at most.")
        % {"days": max(int(days) for days, _name in KEEPING)},
    )
