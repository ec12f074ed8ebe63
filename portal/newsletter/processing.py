"""What the newsletter does with the data of readers, for the privacy notice."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.core.readers.processing import LegalGround, Processing
from portal.core.serving.editions import Edition
from portal.newsletter.issuing import newsletter_of
from portal.newsletter.periodic import ADDRESS_RETENTION, DELIVERY_RETENTION
from portal.newsletter.subscribers.links import DAYS_TO_CONFIRM


def processing_by_newsletter(edition: Edition) -> Iterator[Processing]:
    if newsletter_of(edition) is None:
        return
    yield Processing(
        _("To send you the newsletter and the alerts that you have chosen"),
        _("Your e-mail address, what you have chosen, and when you confirmed it; nothing is noted of what you read."),
        LegalGround.CONSENT,
        _(
            "Until you unsubscribe: the address is erased %(left)d days later. What was sent is kept for %(sent)d "
            "days, and a request that nobody confirms for %(asked)d days."
        )
        % {"left": ADDRESS_RETENTION.days, "sent": DELIVERY_RETENTION.days, "asked": DAYS_TO_CONFIRM},
    )
