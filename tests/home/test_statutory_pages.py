"""The pages that the law requires: their generated content, and the links to them."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from events.models import EventSettings
from home.models import LegalNoticePage, PrivacyNoticePage
from home.statutory.accessibility import Compliance
from portal.content.readers.processing import LegalGround
from portal.content.serving.snapshot import snapshot_of
from portal.editorial.approval.checklist import findings
from portal.readership.models import ReadershipChoices
from tests.builders import (
    SampleSite,
    make_accessibility_statement,
    make_article,
    make_draft,
    make_event,
    make_form_page,
    make_legal_notice,
    make_privacy_notice,
    make_private,
    make_section,
    make_settings,
    make_site_map,
    make_standard_page,
    make_topic,
)
from tests.newsletter.makers import make_newsletter

MATOMO = "https://matomo.portal.example"


def page_at(ground: SampleSite, path: str) -> BeautifulSoup:
    return BeautifulSoup(ground.reader().get(path).content, "html.parser")


def footer_links(ground: SampleSite, path: str = "/fr/") -> list[tuple[str, str]]:
    links = page_at(ground, path).select("footer .footer__legal a")
    return [(str(link["href"]), link.get_text()) for link in links]


class TestFooter:
    def test_footer_states_accessibility_and_links_to_each_page_once(self, lorraine, saar):
        statement = make_accessibility_statement(lorraine.home, compliance=Compliance.PARTIAL)
        notice = make_legal_notice(lorraine.home)
        make_privacy_notice(lorraine.home)
        make_site_map(lorraine.home)
        make_accessibility_statement(saar.home, compliance=Compliance.FULL)
        about = make_standard_page(lorraine.home, "À propos", slug="a-propos")
        words = {"language": "fr", "tagline": "", "footer": "", "notice": "", "notice_link": ""}
        words["legal_links"] = [about.pk, notice.pk, statement.pk]
        make_settings(lorraine, wording=[{"type": "edition", "value": words}])
        with translation.override("fr"):
            state = str(statement.footer_label)

        links = footer_links(lorraine)

        assert [address for address, _label in links] == [
            "/fr/a-propos/",
            "/fr/mentions-legales/",
            "/fr/accessibilite/",
            "/fr/donnees-personnelles/",
            "/fr/plan-du-site/",
        ]
        assert links[2][1].replace("\xa0", " ") == state.replace("\xa0", " ")
        assert footer_links(lorraine, "/de/") == []

    def test_footer_links_to_no_hidden_page(self, lorraine):
        make_draft(make_accessibility_statement(lorraine.home))
        make_private(make_privacy_notice(lorraine.home), password="sésame")

        assert footer_links(lorraine) == []


def test_privacy_notice_has_periods_and_legal_grounds(lorraine, saar):
    notice = make_privacy_notice(lorraine.home)
    make_newsletter(lorraine)
    make_event(lorraine.calendar, takes_registrations=True)
    make_form_page(lorraine.home, keep_days=90)
    make_form_page(saar.home, keep_days=365)
    settings = EventSettings.for_site(lorraine.site)
    settings.registration_retention_days = 30
    settings.save()

    purposes = [part.select("dd") for part in page_at(lorraine, lorraine.address(notice)).select(".purpose")]
    grounds = [parts[1].get_text() for parts in purposes]
    periods = [parts[2].get_text() for parts in purposes]

    with translation.override("fr"):
        assert grounds[0] == LegalGround.REQUEST.label
        consent = grounds.index(LegalGround.CONSENT.label)
    assert "30" in periods[0]
    assert "7" in periods[consent]
    assert any("90" in each for each in periods)
    assert sum("365" in each for each in periods) <= 1
    assert "14" in periods[-1]


def test_reader_can_object_only_where_readers_are_counted(lorraine, saar, settings):
    settings.ANALYTICS = {MATOMO: "matomo"}
    make_settings(lorraine, analytics=MATOMO, analytics_key="7")
    ReadershipChoices.objects.create(site=saar.site, is_counting=False)
    counted, other = make_privacy_notice(lorraine.home), make_privacy_notice(saar.home)

    assert page_at(lorraine, lorraine.address(counted)).select_one("[data-objection] button")
    assert not page_at(saar, saar.address(other)).select("[data-objection]")


def test_site_map_shows_the_topics_with_a_public_story_in_order(lorraine, saar):
    plan = make_site_map(lorraine.home)
    make_article(lorraine.section, "Une scierie", topics=[make_topic(name) for name in ("Zinc", "Énergie", "Bois")])
    make_draft(make_article(lorraine.section, "Pas encore", topics=[make_topic("Vigne")]))
    make_article(saar.section, "Ein Ofen", topics=[make_topic("Stahl", "de")])

    shown = [link.get_text() for link in page_at(lorraine, lorraine.address(plan)).select("main .plan a")]

    names = ("Bois", "Énergie", "Zinc", "Vigne", "Stahl")
    assert [name for name in shown if name in names] == ["Bois", "Énergie", "Zinc"]


def test_site_map_shows_public_sections_and_plain_pages(lorraine, saar):
    plan = make_site_map(lorraine.home)
    make_section(lorraine.section, "Bois")
    make_article(lorraine.section, "Une scierie")
    make_standard_page(lorraine.home, "À propos")
    make_draft(make_standard_page(lorraine.home, "Pas encore"))
    make_private(make_section(lorraine.home, "Membres"), password="sésame")
    make_standard_page(lorraine.home, "Passé", expire_at=timezone.now() - timedelta(hours=1))
    make_standard_page(lorraine.home, "Bientôt", embargo_until=timezone.now() + timedelta(days=1))
    make_standard_page(saar.home, "Über uns")

    shown = {link.get_text() for link in page_at(lorraine, lorraine.address(plan)).select("main .plan a")}

    assert {"Bois", "À propos", lorraine.section.title} <= shown
    assert shown.isdisjoint({"Une scierie", "Pas encore", "Membres", "Passé", "Bientôt", "Über uns", "Plan du site"})


def test_every_form_with_personal_data_links_to_the_privacy_notice(lorraine):
    newsletter, form = make_newsletter(lorraine), make_form_page(lorraine.home)
    paths = [lorraine.address(newsletter), lorraine.address(form)]
    assert not page_at(lorraine, paths[1]).select(".form__privacy")

    make_privacy_notice(lorraine.home)

    for path in paths:
        assert page_at(lorraine, path).select_one("main .form__privacy a")["href"] == "/fr/donnees-personnelles/"
        assert page_at(lorraine, path).select_one("footer .form__privacy a")["href"] == "/fr/donnees-personnelles/"


class TestPublication:
    def test_french_legal_notice_names_the_hosting_provider(self, lorraine, saar):
        here, abroad = make_legal_notice(lorraine.home), make_legal_notice(saar.home, country="de")

        for page in (here, abroad):
            page.host_name = ""

        assert [finding.field for finding in findings(here, timezone.now())] == ["host_name"]
        assert "host_name" not in [finding.field for finding in findings(abroad, timezone.now())]

    def test_notice_with_an_empty_field_stays_a_draft(self, lorraine):
        page = PrivacyNoticePage(title="Données", slug="donnees", locale=lorraine.home.locale, live=False)
        lorraine.home.add_child(instance=page)
        revision = page.save_revision(clean=False)

        with pytest.raises(ValidationError):
            revision.publish()

        assert not snapshot_of(lorraine.host, "80").default.statutory

    def test_each_statutory_page_exists_once(self, lorraine):
        make_legal_notice(lorraine.home)

        assert not LegalNoticePage.can_create_at(lorraine.home)
