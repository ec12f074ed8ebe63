"""The newsletter of the demo network: one issue, already sent, on the first site."""

from datetime import datetime, timedelta

from django.utils import translation
from wagtail.models import Page, Site

from portal.content.serving.editions import Edition
from portal.newsletter.content import content_of_period
from portal.newsletter.issuing import edition_containing
from portal.newsletter.models import ConsentStep, Delivery, IssuePage, NewsletterPage, Rhythm, Sending, Subscriber
from portal.newsletter.subscribers.subscription import hash_of_address

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
SUBSCRIBERS = ["amelie.vautrin", "bernard.kieffer", "colette.marchal", "didier.antoine", "estelle.remy"]


def load_demo(site: Site, now: datetime) -> None:
    if site.hostname != SITE:
        return
    home = site.root_page.specific
    newsletter = NewsletterPage(
        title=TITLE, slug="lettre", locale=home.locale, introduction=INTRODUCTION, search_description=INTRODUCTION
    )
    _publish(newsletter, home)
    addresses = [f"{name}@lectrices.example" for name in SUBSCRIBERS]
    subscribers = [_create_subscriber(site, home.locale.language_code, address, now) for address in addresses]
    if edition := edition_containing(newsletter):
        _mark_as_sent(_create_issue(newsletter, edition, now), subscribers, now)


def _publish(page: Page, parent: Page) -> None:
    page.live = False
    parent.add_child(instance=page)
    page.save_revision().publish()


def _create_subscriber(site: Site, language: str, address: str, now: datetime) -> Subscriber:
    long_ago = now - timedelta(days=90)
    subscriber = Subscriber.objects.create(
        site=site,
        address=address,
        address_hash=hash_of_address(address),
        language=language,
        rhythm=Rhythm.ISSUES,
        state=Subscriber.State.ACTIVE,
        asked_at=long_ago,
        confirmed_at=long_ago,
    )
    for kind in (ConsentStep.Kind.ASKED, ConsentStep.Kind.CONFIRMED):
        ConsentStep.objects.create(subscriber=subscriber, kind=kind, at=long_ago)
    return subscriber


def _create_issue(newsletter: NewsletterPage, edition: Edition, now: datetime) -> IssuePage:
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
        content = content_of_period(edition, first, last, now)
    for group in (block["value"] for block in content):
        # Shorten the lists, as an editor would.
        group["stories"], group["events"] = group["stories"][:4], group["events"][:3]
    issue.content = content
    _publish(issue, newsletter)
    return issue


def _mark_as_sent(issue: IssuePage, subscribers: list[Subscriber], now: datetime) -> None:
    """Mark the sendings as sent without sending them, because a demo's addresses must not get mail."""
    for sending in Sending.objects.filter(issue=issue):
        Delivery.objects.bulk_create(
            Delivery(sending=sending, subscriber=subscriber, state=Delivery.State.SENT, sent_at=now)
            for subscriber in subscribers
        )
        Sending.objects.filter(pk=sending.pk).update(
            state=Sending.State.DONE, begun_at=now, done_at=now, prepared_to=subscribers[-1].pk
        )
