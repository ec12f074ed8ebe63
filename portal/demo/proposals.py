"""Two proposals of readers in a calendar of the demo's first site."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import override
from wagtail.models import Site

from events.models import CalendarPage, EventConsent, Proposal
from events.proposals.forms import consent_text
from events.records.proposals import TO_DECIDE, ProposedDate

TEXTS: tuple[dict[str, Any], ...] = (
    {
        "name": "Camille Thiry",
        "address": "camille.thiry@reader.example",
        "organisation": "Les amis du canal",
        "title": "Balade au fil du canal de la Marne au Rhin",
        "place": "Port Sainte-Catherine, Nancy",
        "standfirst": "Une matinée à pied le long du canal, avec une batelière qui raconte son métier.",
        "text": "Départ devant la capitainerie. Cinq kilomètres à plat, avec deux haltes.",
    },
    {
        "name": "Hugo Marchal",
        "address": "hugo.marchal@reader.example",
        "organisation": "",
        "title": "Réparer plutôt que jeter : l’atelier du samedi",
        "place": "Maison des associations, Épinal",
        "standfirst": "Venez avec ce qui ne marche plus : six bénévoles vous aident à le réparer.",
        "text": "",
    },
)


def add_proposals(site: Site, now: datetime) -> None:
    """Let the site's first calendar take proposals, and add two."""
    calendar = CalendarPage.objects.filter(path__startswith=site.root_page.path).order_by("path").first()
    if calendar is None:
        return
    calendar.takes_proposals = True
    calendar.save_revision().publish()
    language = calendar.locale.language_code
    with override(language):
        consent = EventConsent.version(site, language, consent_text())
    for number, texts in enumerate(TEXTS, start=1):
        day = now.date() + timedelta(days=20 * number)
        dates = [ProposedDate(day + timedelta(days=7 * week), time(9 + number), time(12)) for week in range(number)]
        Proposal.objects.create(
            site=site,
            calendar=calendar,
            language=language,
            kind=Proposal.Kind.EVENT,
            state=Proposal.State.OPEN,
            same_address=texts["address"],
            dates=[date.row for date in dates],
            consent=consent,
            proposed_at=now - timedelta(days=number, hours=1),
            confirmed_at=now - timedelta(days=number),
            delete_at=now - timedelta(days=number) + TO_DECIDE,
            **texts,
        )
