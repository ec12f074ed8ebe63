"""The newsletter of the demo network: an archive with one issue that was sent, on the first site."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from wagtail.models import Page, Site

from portal.newsletter.content import filled
from portal.newsletter.issuing import edition_with
from portal.newsletter.models import ConsentStep, Delivery, IssuePage, NewsletterPage, Rhythm, Sending, Subscriber
from portal.newsletter.subscribers.subscription import digest_of

SITE = "localhost"
TITLE = "La lettre de l’Élan"
INTRODUCTION = (
    "Tous les quinze jours, ce que la rédaction a vu dans les ateliers, les bureaux et les serres de la région, "
    "et les rendez-vous qui viennent."
)
EDITORIAL = (
    "<p>Cette quinzaine, nous avons beaucoup parlé de chaleur : celle que les fonderies perdaient et que des gymnases "
    "récupèrent, celle d’un four que l’on rallume. Derrière chaque degré, il y a une équipe qui a compté, essayé, "
    "recommencé.</p><p>Bonne lecture, et à bientôt dans les ateliers.<br/><b>Claire Humbert</b></p>"
)
READERS = ["amelie.vautrin", "bernard.kieffer", "colette.marchal", "didier.antoine", "estelle.remy"]


def load_demo(site: Site, now: datetime) -> None:
    if site.hostname != SITE:
        return
    home = site.root_page.specific
    newsletter = NewsletterPage(
        title=TITLE, slug="lettre", locale=home.locale, introduction=INTRODUCTION, search_description=INTRODUCTION
    )
    _publish(newsletter, home)
    readers = [_reader(site, home.locale.language_code, f"{name}@lectrices.example", now) for name in READERS]
    issue = _issue(newsletter, now)
    if issue:
        _sent(issue, readers, now)


def _publish(page: Page, parent: Page) -> None:
    page.live = False
    parent.add_child(instance=page)
    page.save_revision().publish()


def _reader(site: Site, language: str, address: str, now: datetime) -> Subscriber:
    long_ago = now - timedelta(days=90)
    subscriber = Subscriber.objects.create(
        site=site,
        address=address,
        digest=digest_of(address),
        language=language,
        rhythm=Rhythm.ISSUES,
        state=Subscriber.State.ACTIVE,
        asked_at=long_ago,
        confirmed_at=long_ago,
    )
    for kind in (ConsentStep.Kind.ASKED, ConsentStep.Kind.CONFIRMED):
        ConsentStep.objects.create(subscriber=subscriber, kind=kind, at=long_ago)
    return subscriber


def _issue(newsletter: NewsletterPage, now: datetime) -> IssuePage | None:
    edition = edition_with(newsletter)
    if edition is None:
        return None
    last = now.astimezone(edition.zone).date()
    first = last - timedelta(days=14)
    issue = IssuePage(
        title="La chaleur qui se perdait, et celle qui revient",
        slug="la-chaleur-qui-revient",
        locale=newsletter.locale,
        preheader="Un four rallumé, un gymnase chauffé par des serveurs, et quatre rendez-vous",
        period_start=first,
        period_end=last,
    )
    issue.introduction = [{"type": "paragraph", "value": EDITORIAL}]
    with translation.override(edition.language):
        issue.content = _short(filled(edition, first, last, now))
    _publish(issue, newsletter)
    return issue


def _short(content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An issue that an editor has pruned: four stories and three events of a section at the most."""
    for block in content:
        block["value"]["stories"] = block["value"]["stories"][:4]
        block["value"]["events"] = block["value"]["events"][:3]
    return content


def _sent(issue: IssuePage, readers: list[Subscriber], now: datetime) -> None:
    """As if the queue had been worked off: nobody at these addresses is to get a mail from a demo."""
    for sending in Sending.objects.filter(issue=issue):
        Delivery.objects.bulk_create(
            Delivery(sending=sending, subscriber=reader, state=Delivery.State.SENT, sent_at=now) for reader in readers
        )
        Sending.objects.filter(pk=sending.pk).update(
            state=Sending.State.DONE, begun_at=now, done_at=now, prepared_to=readers[-1].pk
        )
