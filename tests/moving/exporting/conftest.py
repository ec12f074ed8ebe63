"""A site with one page of everything, and content that no export may contain: drafts, private pages, another site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.test import override_settings

from portal.editorial.roles import media_collection
from portal.media.models import Image
from tests.builders import (
    SampleSite,
    make_article,
    make_document,
    make_draft,
    make_event,
    make_form_page,
    make_person,
    make_private,
    make_standard_page,
    make_topic,
)
from tests.conftest import Network
from tests.essentials import picture

# The event is soon, because a calendar has a page for each month until its last event.
START = (datetime.now(ZoneInfo("Europe/Paris")) + timedelta(days=40)).replace(
    hour=9, minute=30, second=0, microsecond=0
)
HIDDEN = ("Brouillon caché", "Réservé caché", "Secret caché", "Voisin caché")


@dataclass(frozen=True)
class RichSite:
    ground: SampleSite
    article: Any
    second: Any
    event: Any
    page: Any
    below: Any
    translation: Any
    image: Any
    document: Any


def make_rich_site(ground: SampleSite, decoy: SampleSite) -> RichSite:
    image = Image.objects.create(
        title="Le hall", file=ImageFile(BytesIO(picture(900, 600)), name="hall.png"), description="Un hall vide",
        credit="Jean Weber", collection=media_collection(ground.site),
    )  # fmt: skip
    document = make_document()
    document.collection = media_collection(ground.site)
    document.save()
    second = make_article(ground.section, "Un second article", slug="second")
    wood = make_topic("Bois")
    wood.site = ground.site
    wood.save()
    people = [make_person("Anna Weiß", site=ground.site), make_person("Béa Roy", site=ground.site)]
    body = [
        {"type": "heading", "value": {"text": "Un atelier ]]> rouvre", "level": "h2"}},
        {
            "type": "paragraph",
            "value": f'<p>Un texte &amp; <b>un mot gras</b>, <a linktype="page" id="{second.pk}">un lien</a>.</p>'
            f'<ul><li>une chose</li><li>une autre</li></ul><p>Le <a linktype="document" id="{document.pk}">guide</a>.</p>',
        },
        {"type": "quote", "value": {"text": "Nous avons appris.", "source": "Élise Marchal", "role": "gérante"}},
        {
            "type": "figure",
            "value": {
                "image": image.pk,
                "alt": "Un hall vide",
                "decorative": False,
                "caption": "En mai",
                "credit": "",
                "wide": False,
            },
        },
        {
            "type": "table",
            "value": {
                "caption": "Surfaces",
                "table": {
                    "columns": [{"type": "text", "heading": "Zone"}, {"type": "text", "heading": "Hectares"}],
                    "rows": [{"values": ["Les Sables", "12"]}],
                    "caption": "",
                },
            },
        },
        {"type": "accordion", "value": {"items": [{"question": "Qui ?", "answer": "<p>Tous.</p>"}]}},
        {"type": "code", "value": '  si x[0] == "a":\n\t[gallery ids="1"]'},
        {"type": "download", "value": {"document": document.pk, "title": "Le guide"}},
        {"type": "button", "value": {"label": "Déposer", "page": None, "url": "https://example.org/"}},
    ]
    article = make_article(
        ground.section, "L’atelier rouvre", slug="atelier", body=body, topics=[wood], authors=people, lead_image=image,
        lead_image_alt="Un hall vide", date=datetime(2026, 5, 17, 7, 30, tzinfo=UTC),
    )  # fmt: skip
    german = make_article(ground.sections["de"], "Die Werkstatt", translation_key=article.translation_key)
    event = make_event(
        ground.calendar,
        "Le salon",
        START,
        place="La Halle",
        price="12 €",
        organiser="L’agence",
        slug="salon",
        online_url="https://example.org/direct",
    )
    page = make_standard_page(
        ground.home, "Qui sommes-nous", slug="nous", body=[{"type": "paragraph", "value": "<p>Nous.</p>"}]
    )
    below = make_standard_page(page, "Équipe", slug="equipe")
    make_form_page(ground.home)
    make_draft(make_article(ground.section, HIDDEN[0]))
    make_private(make_article(ground.section, HIDDEN[1]))
    make_private(make_article(ground.section, HIDDEN[2]), password="sésame")
    make_article(decoy.section, HIDDEN[3])
    return RichSite(ground, article, second, event, page, below, german, image, document)


@pytest.fixture(scope="module")
def module_site(module_network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RichSite]:
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield make_rich_site(module_network.lorraine, module_network.saar)


@dataclass(frozen=True)
class ExportOfSite:
    site: RichSite
    to: Path
    output: str


def exported(site: RichSite, to: Path, name: str, *options: str) -> ExportOfSite:
    output = StringIO()
    # This is as in production: the proxy sends the files, and responses only contain their paths.
    with override_settings(SENDFILE_HEADER="X-Accel-Redirect"):
        call_command("export_site", site.ground.host, "--format", name, "--to", to, *options, stdout=output)
    return ExportOfSite(site, to, output.getvalue())
