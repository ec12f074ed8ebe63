"""Map outlines in the newsroom: loaded by the site's administrators, chosen on their site only."""

import json
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Site

from portal.content.records.outlines import MapOutline
from portal.editorial.roles import Role
from portal.maps.outlines import MOST_CHARACTERS, MOST_STORED
from tests.builders import newsroom_client
from tests.maps.makers import SQUARE, make_outline

SNIPPET, CHOOSER = "wagtailsnippets_core_mapoutline", "wagtailsnippetchoosers_core_mapoutline"


def sent(site: Site, text: str = "", file: str | bytes = "", **facts) -> dict:
    uploaded = SimpleUploadedFile("outline.geojson", file.encode() if isinstance(file, str) else file)
    return (
        {"name": "Lorraine", "credit": "", "site": site.pk, "geojson": text}
        | ({"file": uploaded} if file else {})
        | facts
    )


def errors_of(client, data: dict) -> dict[str, list[str]]:
    response = client.post(reverse(f"{SNIPPET}:add"), data)
    assert response.status_code == 200
    assert not MapOutline.objects.exists()
    return response.context["form"].errors


def test_administrator_loads_an_outline_from_a_file(administrator, lorraine):
    administrator.post(reverse(f"{SNIPPET}:add"), sent(lorraine.site, file="\ufeff" + SQUARE))
    outline = MapOutline.objects.get()
    assert outline.site == lorraine.site
    assert len(outline.shape.positions) == 4


def test_pasted_outline_is_stored_simplified(administrator, lorraine):
    line = [[round(5 + place / 10_000, 4), 48 + place % 7 / 100] for place in range(20_000)]
    text = json.dumps({"type": "LineString", "coordinates": line})
    administrator.post(reverse(f"{SNIPPET}:add"), sent(lorraine.site, text))
    outline = MapOutline.objects.get()
    assert len(outline.shape.positions) == MOST_STORED
    assert len(outline.geojson) < 40_000


def test_stored_outline_is_drawn_in_its_form(administrator, lorraine):
    outline = make_outline(site=lorraine.site)
    content = administrator.get(reverse(f"{SNIPPET}:edit", args=[outline.pk])).content.decode()
    assert 'class="map__land"' in content


def test_file_replaces_the_text(administrator, lorraine):
    outline = make_outline(site=lorraine.site)
    triangle = json.dumps({"type": "Polygon", "coordinates": [[[5, 48], [8, 48], [8, 50]]]})
    administrator.post(
        reverse(f"{SNIPPET}:edit", args=[outline.pk]), sent(lorraine.site, outline.geojson, file=triangle)
    )
    assert len(MapOutline.objects.get().shape.positions) == 3


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"GIF89a", "cannot be read as JSON"),
        (b"[" * 1_000_000, "cannot be read as JSON"),
        (b" " * (MOST_CHARACTERS + 1), "too long"),
        (b'{"type":"Point","coordinates":[6,49]}', "no polygon and no line"),
    ],
    ids=["UTF-16", "picture", "nested", "long", "point"],
)
def test_unusable_file_is_refused_at_its_field(administrator, lorraine, file, reason):
    before = time.process_time()
    assert reason in str(errors_of(administrator, sent(lorraine.site, file=file))["file"])
    assert time.process_time() - before < 20


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Choose a file"),
        ('{"type":"LineString","coordinates":[[NaN,1],[2,3]]}', "cannot be read as JSON"),
        ('{"type":"LineString","coordinates":[[934000,6900000],[2,3]]}', "not on Earth"),
    ],
)
def test_unusable_text_is_refused_at_its_field(administrator, lorraine, text, reason):
    assert reason in str(errors_of(administrator, sent(lorraine.site, text))["geojson"])


def test_administrator_cannot_load_an_outline_for_another_site_or_the_network(administrator, lorraine, saar):
    for site in (saar.site.pk, ""):
        assert "site" in errors_of(administrator, sent(lorraine.site, SQUARE) | {"site": site})


def test_list_has_only_the_outlines_of_the_users_sites(administrator, lorraine, saar):
    make_outline("Le bassin", lorraine.site)
    decoy = make_outline("Das Becken", saar.site)
    content = administrator.get(reverse(f"{SNIPPET}:list")).content.decode()
    assert "Le bassin" in content
    assert "Das Becken" not in content
    for view in ("edit", "delete", "copy", "usage", "history"):
        response = administrator.get(reverse(f"{SNIPPET}:{view}", args=[decoy.pk]))
        assert "Das Becken" not in response.content.decode()


def test_editor_chooses_among_the_outlines_of_the_site_and_the_network(lorraine, saar, newsroom):
    make_outline("Le bassin", lorraine.site)
    make_outline("Das Becken", saar.site)
    make_outline("Le réseau")
    content = newsroom_client(lorraine, newsroom[Role.EDITOR]).get(reverse(f"{CHOOSER}:choose")).json()["html"]
    assert ("Le bassin" in content, "Le réseau" in content, "Das Becken" in content) == (True, True, False)


def test_editor_cannot_change_outlines(lorraine, newsroom):
    outline = make_outline("Le bassin", lorraine.site)
    editor = newsroom_client(lorraine, newsroom[Role.EDITOR])
    editor.post(reverse(f"{SNIPPET}:edit", args=[outline.pk]), sent(lorraine.site, SQUARE, name="Autre"))
    editor.post(reverse(f"{SNIPPET}:add"), sent(lorraine.site, SQUARE))
    assert list(MapOutline.objects.values_list("name", flat=True)) == ["Le bassin"]
