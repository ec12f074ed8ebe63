"""A picture's licence may end: the checklist warns in time, and rejects the picture afterwards."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupCollectionPermission

from portal.editorial.approval.checklist import findings, recommended
from portal.editorial.approval.completeness import missing_findings
from portal.editorial.roles import Role, media_collection
from portal.media.models import Image
from tests.builders import make_article, make_draft, make_event, make_image, make_member, make_recap, newsroom_client
from tests.checkers.refusals import is_refused
from tests.editorial.forms import write

pytestmark = pytest.mark.usefixtures("media")


def ending(days: int, title: str = "Archive", collection=None, **facts) -> Image:
    """A picture whose licence ends in this many days."""
    return make_image(title, collection, licence_ends=timezone.localdate() + timedelta(days=days), **facts)


def over(page) -> list[str]:
    return [finding.where for finding in findings(page, timezone.now()) if finding.code == "licence"]


def soon(page) -> list[str]:
    return [finding.where for finding in recommended(page) if finding.code == "licence_soon"]


def body_of(image, kind):
    one = {"image": image.pk, "alt": "Vue", "decorative": False, "caption": ""}
    return [{"type": kind, "id": "b", "value": one if kind == "figure" else {"images": [one]}}]


@pytest.mark.parametrize(("days", "is_over"), [(-1, True), (0, False), (200, False)])
def test_picture_is_refused_from_the_day_after_its_licence(lorraine, days, is_over):
    page = make_article(lorraine.section, lead_image=ending(days))

    assert over(page) == (["lead_image"] if is_over else [])


@pytest.mark.parametrize(("days", "is_soon"), [(-1, False), (0, True), (29, True), (31, False)])
def test_end_within_a_month_is_a_warning_only(lorraine, days, is_soon):
    page = make_article(lorraine.section, lead_image=ending(days))

    assert soon(page) == (["lead_image"] if is_soon else [])
    assert bool(soon(page)) <= (not over(page))


@pytest.mark.parametrize("kind", ["figure", "gallery"])
def test_licence_of_a_picture_in_the_text_leads_to_its_block(lorraine, kind):
    page = make_article(lorraine.section, body=body_of(ending(-1), kind))

    [place] = over(page)
    assert place.startswith("body.b")
    assert place.endswith("image")


def test_photos_of_a_recap_and_lead_image_of_an_event_are_checked(lorraine):
    recap = make_recap(lorraine.calendar, "Retour")
    recap.photos = [{"type": "photo", "id": "p", "value": body_of(ending(-1), "figure")[0]["value"]}]

    assert over(recap) == ["photos.p.image"]
    assert over(make_event(lorraine.calendar, lead_image=ending(-1))) == ["lead_image"]


def test_licence_is_checked_for_the_day_of_publication(lorraine):
    page = make_article(lorraine.section, lead_image=ending(10))
    page.go_live_at = timezone.now() + timedelta(days=12)

    assert over(page) == ["lead_image"]


def test_page_with_an_expired_licence_is_not_submitted(lorraine, newsroom):
    image = ending(-1, collection=media_collection(lorraine.site))

    page = write(lorraine, newsroom[Role.EDITOR], lead_image=image.pk, **{"action-submit": "1"})

    assert not page.workflow_in_progress
    assert [finding.code for finding in missing_findings(page, timezone.now())] == ["licence"]


def test_editor_sees_that_a_licence_ends(lorraine, newsroom):
    image = ending(3, "Vue de la Meuse", media_collection(lorraine.site))
    page = make_draft(make_article(lorraine.section, lead_image=image))
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    html = BeautifulSoup(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content, "html.parser")

    message = html.select_one(".checklist__findings--recommendations").get_text()
    assert "A picture with a longer licence: that of “Vue de la Meuse” ends on" in message


def test_report_lists_pictures_of_the_users_site_by_end(lorraine, saar, newsroom):
    own = media_collection(lorraine.site)
    late, early = ending(90, "Tardive", own, licence="CC BY 4.0"), ending(-3, "Échue", own, credit="A. Bertin")
    ending(5, "Fremdes Bild", media_collection(saar.site))
    make_image("Sans fin", own)
    make_article(lorraine.section, lead_image=early)
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    response = client.get(reverse("licences_report"))

    assert list(response.context["object_list"]) == [early, late]
    html = response.content.decode()
    assert "CC BY 4.0" in html
    assert "A. Bertin" in html
    assert "Used 1 time" in html
    assert "Fremdes" not in html
    assert "Sans fin" not in html


def test_report_can_be_exported(lorraine, saar, newsroom):
    ending(5, "Propre", media_collection(lorraine.site))
    ending(5, "Fremdes Bild", media_collection(saar.site))
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    content = b"".join(client.get(reverse("licences_report"), {"export": "csv"}).streaming_content).decode()

    assert "Propre" in content
    assert "Fremdes" not in content


def test_report_is_closed_to_those_without_a_site(lorraine):
    # A user who may enter the newsroom, and nothing else.
    stranger = make_member("fremd", Group.objects.get(name="Editors"))
    GroupCollectionPermission.objects.filter(group__name="Editors").delete()

    assert is_refused(newsroom_client(lorraine, stranger).get(reverse("licences_report")))


def test_report_is_in_the_menu(lorraine, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    assert reverse("licences_report") in client.get(reverse("wagtailadmin_home")).content.decode()


def test_editor_sets_licence_and_end_in_the_form_of_a_picture(lorraine, newsroom):
    image = make_image("Vue", media_collection(lorraine.site), uploaded_by_user=newsroom[Role.EDITOR])
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    data = {"title": "Vue", "collection": image.collection_id, "licence": "CC BY 4.0", "licence_ends": "2027-03-01"}

    assert client.post(reverse("wagtailimages:edit", args=[image.pk]), data).status_code == 302

    image.refresh_from_db()
    assert (image.licence, str(image.licence_ends)) == ("CC BY 4.0", "2027-03-01")
    form = client.get(reverse("wagtailimages:edit", args=[image.pk])).content.decode()
    assert 'value="2027-03-01"' in form


def test_day_is_in_the_time_zone_of_the_newsroom(lorraine):
    page = make_article(lorraine.section, lead_image=make_image(licence_ends=timezone.datetime(2027, 3, 1).date()))

    with time_machine.travel("2027-03-01T22:30:00Z", tick=False):
        assert over(page) == []
    with time_machine.travel("2027-03-01T23:30:00Z", tick=False):
        assert over(page) == ["lead_image"]
