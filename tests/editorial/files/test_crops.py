"""The page editor shows the crops of a picture to those who may use it."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.editorial.roles import Role, media_collection
from tests.builders import make_image, newsroom_client

pytestmark = pytest.mark.usefixtures("media")


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


def test_crops_have_the_ratios_of_the_places_in_which_readers_see_the_picture(client, lorraine):
    picture = make_image("Atelier", media_collection(lorraine.site))
    html = BeautifulSoup(client.get(reverse("picture_crops", args=[picture.pk])).content, "html.parser")

    assert [crop.get_text(strip=True) for crop in html.select(".crops__crop")] == ["16:9", "4:3", "1:1", "Phone"]
    sizes = [(int(crop["width"]), int(crop["height"])) for crop in html.select(".crops__crop img")]
    assert [round(width / height, 1) for width, height in sizes] == [1.8, 1.3, 1.0, 1.8]
    response = client.get(html.select_one(".crops__crop img")["src"])
    response.close()
    assert response.status_code == 200


def test_picture_of_another_site_is_not_found(client, saar):
    picture = make_image("Ailleurs", media_collection(saar.site))

    assert client.get(reverse("picture_crops", args=[picture.pk])).status_code == 404
