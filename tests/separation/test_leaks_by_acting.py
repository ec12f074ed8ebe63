"""No member of one site's newsroom changes another site, or sees anything of it in a response to a post."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from wagtail.models import Locale

from portal.content.records.outlines import MapOutline
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.editorial.roles import Role
from portal.media.models import Document, Image
from tests.separation.marks import COMMON, marks_in
from tests.separation.planting import Planted
from tests.separation.routes import PAGES, everywhere, key_of, newsroom_routes
from tests.separation.state import state_of
from tests.separation.visiting import undone, visiting


def everything_at(site: Planted) -> dict[str, Any]:
    """Values for all fields of the newsroom's forms, each a record of this site."""
    section, live = site.ground.section.pk, site["live"]
    address = f"http://{site.ground.host}{site.ground.address(live)}"
    return {
        "title": "Pris",
        "name": "Pris",
        "slug": "pris",
        "new_title": "Pris",
        "new_slug": "pris",
        "new_parent_page": section,
        "parent_page": section,
        "chooser": section,
        "publish_copies": "on",
        "action-publish": "1",
        "delete": "1",
        "comment": "Pris",
        "text": "Pris",
        "answer": "accept",
        "place": section,
        "publication_date": "2027-01-01",
        "restriction_type": "login",
        "collection": site["collection"].pk,
        "site": site.ground.site.pk,
        "sites": site.ground.site.pk,
        "locale": site.ground.home.locale_id,
        "locales": list(Locale.objects.values_list("pk", flat=True)),
        "include_subtree": "on",
        "old_path": "/pris/",
        "redirect_page": live.pk,
        "username": "pris",
        "email": "pris@portal.example",
        "roles": f"editor:{site.ground.site.pk}",
        "role": site["group"].pk,
        "workflow": site["workflow"].pk,
        "object_id": live.pk,
        "external-link-chooser-url": address,
        "external-link-chooser-link_text": "",
        "image-chooser-insertion-format": "fullwidth",
        "image-chooser-insertion-alt_text": "Pris",
        "value": "Pris",
        "document": "Pris",
        "tags": "pris",
        "q": COMMON,
        "id": [key_of(site, kind) for kind in PAGES],
    }


@pytest.mark.parametrize("role", list(Role))
def test_no_post_changes_or_reveals_another_site(db, marked, role):
    sent, before = urlencode(everything_at(marked.foreign), doseq=True), state_of(marked.foreign)
    # A response may repeat the submitted values.
    repeated = marks_in(sent, "b")
    leaks, touched = {}, {}
    with visiting(marked.own.ground, marked.own.people[role]) as visitor:
        for route in newsroom_routes():
            for address in everywhere(route, marked.own, marked.foreign):
                with undone() as writes:
                    _status, response_text = visitor.post(address, sent)
                    after = state_of(marked.foreign) if writes.happened else before
                if found := marks_in(response_text, "b") - repeated:
                    leaks[f"{route.name} {address}"] = sorted(found)
                if after != before:
                    touched[address] = [name for name in before if after[name] != before[name]]
    assert not leaks, "\n".join(f"{address}: {kinds}" for address, kinds in leaks.items())
    assert not touched, touched


@pytest.mark.parametrize(
    ("app", "model", "kind"),
    [
        ("core", Topic, "topic"),
        ("core", Person, "person"),
        ("core", MapOutline, "mapoutline"),
        ("media", Document, "document"),
        ("media", Image, "image"),
    ],
)
def test_selecting_all_selects_only_records_of_the_users_site(db, marked, app, model, kind):
    own, foreign = marked.own, marked.foreign
    address = f"/admin/bulk/{app}/{kind}/delete/?id=all"
    with visiting(own.ground, own.people[Role.SITE_ADMINISTRATOR]) as visitor, undone():
        _status, response_text = visitor.get(address)
        visitor.post(address, "")
        left = set(model.objects.values_list("pk", flat=True))
    assert kind in marks_in(response_text, "a")
    assert not marks_in(response_text, "b")
    assert foreign[kind].pk in left
    # A picture in use is not deleted.
    assert own[kind].pk not in left or kind == "image"


def test_url_of_another_site_stays_an_external_link(db, marked):
    editor = marked.own.people[Role.EDITOR]
    # Wagtail resolves URLs in the newsroom's language.
    client = marked.own.ground.reader(accept_language="fr")
    client.force_login(editor)
    for site, has_page in ((marked.own, True), (marked.foreign, False)):
        address = f"http://{site.ground.host}{site.ground.address(site['live'])}"
        sent = {"external-link-chooser-url": address, "external-link-chooser-link_text": ""}
        answer = client.post(reverse("wagtailadmin_choose_page_external_link"), sent)
        assert ("id" in answer.json().get("result", answer.json().get("internal", {}))) == has_page
