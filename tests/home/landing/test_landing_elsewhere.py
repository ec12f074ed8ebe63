"""The words of a landing page are in search, the API, exports, translations and the checklist."""

from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils import timezone
from wagtail_localize.models import TranslationSource

from home.expiry import expiry_of_shelves
from portal.editorial.approval.checklist import findings
from tests.builders import make_article, make_draft, make_image
from tests.home.landing.making import NO_PICTURE, card, cards, hero, make_landing_page, tabs
from tests.search.searching import get_results

BOTH = (tabs(("Créer", "Un pigeonnier."), ("Reprendre", "Un an.")), cards(card("La halle"), card("Le quai")))


def api(ground: Any, page: Any) -> Any:
    return ground.reader().get(f"/api/v2/pages/{page.pk}/").json()


def test_words_of_a_tab_and_a_card_are_found(lorraine, saar):
    make_landing_page(saar, cards(card("Der Pigeonnier"), card("Zwei")), title="Ansiedeln")
    make_landing_page(lorraine, *BOTH)

    for word in ("pigeonnier", "quai"):
        html = get_results(lorraine.reader(), word).content.decode()
        assert "S’implanter" in html
        assert "Ansiedeln" not in html


def test_api_has_the_nested_lists_in_order(lorraine):
    shelves = api(lorraine, make_landing_page(lorraine, *BOTH))["shelves"]

    assert [each["type"] for each in shelves] == ["tabs", "cards"]
    assert [each["title"] for each in shelves[1]["value"]["cards"]] == ["La halle", "Le quai"]


def test_api_names_no_page_that_readers_cannot_see(lorraine):
    draft = make_draft(make_article(lorraine.section, "Brouillon"))
    over = timezone.now() - timedelta(minutes=1)
    ended = cards(card("Passé"), card("Deux"), ends_at=over.isoformat())

    data = api(lorraine, make_landing_page(lorraine, cards(card("Une", draft), card("Deux")), ended))

    assert [each["value"]["cards"][0]["link"]["page"] for each in data["shelves"]] == [None]
    assert "Brouillon" not in str(data)


def test_export_for_wordpress_has_words_pictures_and_links(lorraine, media, tmp_path):
    story = make_article(lorraine.section, "La halle rouverte")
    picture = {"image": make_image("Quai").pk, "alt": "Un quai", "decorative": False}
    make_landing_page(lorraine, cards(card("Le quai", story, picture=picture), card("Deux")), BOTH[0])

    call_command("export_site", lorraine.host, "--format", "wxr", "--to", tmp_path / "site.xml", stdout=StringIO())

    text = (tmp_path / "site.xml").read_text(encoding="utf-8")
    assert 'alt="Un quai"' in text
    assert f'href="{lorraine.site.root_url}{lorraine.address(story)}"' in text
    assert "<p>Un pigeonnier.</p>" in text


def test_translators_get_every_text_of_nested_lists(lorraine):
    page = make_landing_page(lorraine, *BOTH)

    source, _created = TranslationSource.update_or_create_from_instance(page)

    texts = set(source.stringsegment_set.values_list("string__data", flat=True))
    assert {"Créer", "Un pigeonnier.", "Reprendre", "Un an.", "La halle", "Le quai"} <= texts


def test_checklist_wants_a_description_of_each_picture(lorraine, media):
    image = make_image("Quai").pk
    described = {"image": image, "alt": "Un quai", "decorative": False}
    bare = {"image": image, "alt": "", "decorative": False}
    page = make_landing_page(
        lorraine, cards(card("Une", picture=described), card("Deux", picture=bare)), hero(picture=bare)
    )

    found = [finding for finding in findings(page, timezone.now()) if finding.code == "alt"]

    assert len(found) == 2


def test_checklist_accepts_what_is_optional(lorraine):
    column = {"title": "", "picture": NO_PICTURE, "text": "<p>Oui.</p>", "link": card("")["link"]}
    page = make_landing_page(
        lorraine, hero("Venez"), *BOTH, {"type": "columns", "value": {"title": "", "columns": [column, column]}}
    )

    assert [finding.message for finding in findings(page, timezone.now())] == []


def test_checklist_names_a_card_that_is_half_filled(lorraine):
    page = make_landing_page(lorraine, cards(card("Une"), card("", text="Sans titre.")))

    assert [finding.code for finding in findings(page, timezone.now())] == ["empty_block"]


def test_cached_pages_expire_when_a_shelf_of_a_landing_page_ends(lorraine):
    end = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    make_landing_page(lorraine, cards(card("Une"), card("Deux"), ends_at=end.isoformat()))

    assert end in set(expiry_of_shelves(timezone.now()))
