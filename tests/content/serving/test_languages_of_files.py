"""Files have no language: they never redirect to one, and are the same for everybody."""

import pytest


@pytest.mark.parametrize("path", ["/nope.jpg", "/favicon.png", "/sitemap.txt", "/media/images/x.jpg", "/static/x.css"])
def test_missing_file_does_not_redirect_to_a_language(lorraine, path):
    response = lorraine.reader().get(path, headers={"Accept-Language": "de"})

    assert response.status_code == 404
    assert lorraine.site.site_name in response.content.decode()


@pytest.mark.parametrize("path", ["/robots.txt", "/nope.jpg"])
def test_response_does_not_vary_by_the_reader(lorraine, path):
    response = lorraine.reader().get(path, headers={"Accept-Language": "de"})

    assert "Accept-Language" not in response.headers.get("Vary", "")
    assert "Cookie" not in response.headers.get("Vary", "")
