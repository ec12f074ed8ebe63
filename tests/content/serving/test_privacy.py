"""A private page requires its password or a login, and is listed nowhere."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import PageViewRestriction

from articles.models import ArticlePage
from portal.content.records.listing import StoryCard
from tests.builders import (
    make_article,
    make_event,
    make_member,
    make_portrait,
    make_private,
    make_recap,
    make_section,
    make_site,
)

SECRET = "Plan secret"


def everywhere(ground) -> list[str]:
    """The URLs of every page that could list a story or an event."""
    words = {"fr": ("actualites", "calendrier"), "de": ("nachrichten", "kalender")}
    paths = []
    for code, home in ground.homes.items():
        for page in (home, ground.sections[code]):
            paths.append(ground.address(page))
            paths += [ground.address(page, f"{word}/") for word in words[code]]
            paths.append(ground.address(page, f"{words[code][1]}/?when=past"))
        paths.append(ground.address(ground.calendars[code]))
        paths.append(f"/{code}/nothing-here/")
    story = ArticlePage.objects.live().filter(path__startswith=ground.section.path).exclude(title=SECRET).first()
    return [*paths, ground.address(story)]


def test_page_with_a_password_requires_the_right_one(lorraine, reader):
    article = make_article(lorraine.section, "Réservé", standfirst="Un chapeau confidentiel")
    make_private(article, password="sésame")

    def shown() -> bool:
        """Whether the page can be read; otherwise it shows the password form."""
        response = reader.get(lorraine.address(article))
        page = response.content.decode()
        assert "no-store" in response["Cache-Control"] or "private" in response["Cache-Control"]
        assert ("Un chapeau confidentiel" in page) != ('type="password"' in page)
        return "Un chapeau confidentiel" in page

    assert not shown()
    requested = reader.get(lorraine.address(article)).context
    sent = {"return_url": requested["form"]["return_url"].value()}
    refused = reader.post(requested["action_url"], {**sent, "password": "devinette"})
    assert (refused.status_code, shown()) == (200, False)
    answer = reader.post(requested["action_url"], {**sent, "password": "sésame"})
    assert (answer["Location"], shown()) == (lorraine.address(article), True)


def test_password_form_leads_to_no_other_host(lorraine, reader):
    article = make_article(lorraine.section, "Réservé")
    make_private(article, password="sésame")
    action = reader.get(lorraine.address(article)).context["action_url"]

    response = reader.post(action, {"password": "sésame", "return_url": "https://evil.example/"})

    assert "evil.example" not in response["Location"]


def test_page_for_members_requires_sign_in(lorraine, reader):
    article = make_article(lorraine.section, "Réservé", standfirst="Un chapeau confidentiel")
    make_private(article)

    signed_out = reader.get(lorraine.address(article), follow=True)
    reader.force_login(make_member("reader"))
    response = reader.get(lorraine.address(article))

    assert signed_out.redirect_chain[0][1] == 302
    assert 'type="password"' in signed_out.content.decode()
    assert "Un chapeau confidentiel" not in signed_out.content.decode()
    assert "Un chapeau confidentiel" in response.content.decode()
    assert "no-store" in response["Cache-Control"] or "private" in response["Cache-Control"]


def test_page_for_a_group_is_for_its_members_only(lorraine):
    board, others = Group.objects.create(name="Board"), Group.objects.create(name="Others")
    article = make_article(lorraine.section, "Réservé")
    make_private(article, kind=PageViewRestriction.GROUPS).groups.add(board)

    for username, group, status in [("in", board, 200), ("out", others, 302)]:
        reader = lorraine.reader()
        reader.force_login(make_member(username, group))
        assert reader.get(lorraine.address(article)).status_code == status


def test_privacy_of_an_ancestor_applies_to_the_page(lorraine, reader):
    article = make_article(lorraine.section, "Réservé")
    make_private(lorraine.section, password="sésame")

    assert 'type="password"' in reader.get(lorraine.address(article)).content.decode()
    assert 'type="password"' in reader.get(lorraine.address(lorraine.section)).content.decode()
    assert 'type="password"' in reader.get(lorraine.address(lorraine.section, "actualites/")).content.decode()


@pytest.mark.parametrize("kind", ["article", "portrait", "recap", "event"])
def test_private_page_is_shown_nowhere(lorraine, kind):
    make = {"article": make_article, "portrait": make_portrait, "recap": make_recap, "event": make_event}[kind]
    page = make(lorraine.calendar if kind in ("recap", "event") else lorraine.section, SECRET)
    reader = lorraine.reader()
    assert any(SECRET in reader.get(path).content.decode() for path in everywhere(lorraine))

    make_private(page, password="sésame")

    assert [path for path in everywhere(lorraine) if SECRET in reader.get(path).content.decode()] == []


def test_page_below_a_private_one_is_shown_nowhere(lorraine):
    section = make_section(lorraine.home, "Comité", show_in_menus=False)
    make_private(section, password="sésame")
    make_article(section, SECRET)

    reader = lorraine.reader()
    assert [path for path in everywhere(lorraine) if SECRET in reader.get(path).content.decode()] == []


def test_private_section_is_in_no_menu(lorraine, reader):
    section = make_section(lorraine.home, "Comité")
    assert "Comité" in reader.get("/fr/").content.decode()

    make_private(section, password="sésame")

    assert "Comité" not in reader.get("/fr/").content.decode()


def test_page_is_public_again_without_its_privacy_rule(lorraine, reader):
    article = make_article(lorraine.section, SECRET)
    restriction = make_private(lorraine.section, password="sésame")
    assert not StoryCard.objects.filter(pk=article.pk).exists()

    restriction.delete()

    assert SECRET in reader.get("/fr/actualites/").content.decode()
    assert reader.get(lorraine.address(article)).status_code == 200


def test_privacy_of_an_ancestor_remains_without_the_pages_own(lorraine):
    article = make_article(lorraine.section, SECRET)
    own, above = make_private(article, password="a"), make_private(lorraine.section, password="b")

    own.delete()
    assert not StoryCard.objects.filter(pk=article.pk).exists()
    above.delete()
    assert StoryCard.objects.filter(pk=article.pk).exists()


def test_page_moved_out_of_a_private_section_is_public(lorraine, reader):
    hidden, open_section = make_section(lorraine.home, "Comité"), make_section(lorraine.home, "Bois")
    make_private(hidden, password="sésame")
    article = make_article(hidden, SECRET)

    article.move(open_section, pos="last-child")
    article.refresh_from_db()

    assert reader.get(lorraine.address(article)).status_code == 200
    assert SECRET in reader.get("/fr/actualites/").content.decode()


def test_page_moved_into_a_private_section_is_hidden(lorraine, reader):
    hidden = make_section(lorraine.home, "Comité")
    make_private(hidden, password="sésame")
    article = make_article(lorraine.section, SECRET)

    article.move(hidden, pos="last-child")
    article.refresh_from_db()

    assert 'type="password"' in reader.get(lorraine.address(article)).content.decode()
    assert SECRET not in reader.get("/fr/actualites/").content.decode()


def test_privacy_on_one_site_hides_nothing_on_another(lorraine, saar):
    make_private(lorraine.home, password="sésame")

    assert 'type="password"' in lorraine.reader().get("/fr/").content.decode()
    assert "Article sarrois fr" in saar.reader().get("/fr/actualites/").content.decode()


def test_whole_site_can_be_private(db):
    ground = make_site("intern.localhost")
    make_private(ground.home, password="sésame")
    make_article(ground.section, SECRET)

    for path in ("/fr/", "/fr/actualites/", ground.address(ground.section)):
        assert 'type="password"' in ground.reader().get(path).content.decode()
