"""An issue's mail: its content and order, and that mail programs can display it."""

import re

import pytest
from bs4 import BeautifulSoup

from portal.newsletter.bulletins import Bulletin, BulletinEntry, Group, Picture, bulletin_from
from portal.newsletter.compose import bulletin_for
from portal.newsletter.mail import MAX_BYTES, PREFERENCES_PLACEHOLDER, UNSUBSCRIBE_PLACEHOLDER, branding_of, mail_of
from tests.builders import content_of, make_article, make_draft, make_event, make_image, make_portrait, make_private
from tests.newsletter.makers import edition_of, group, make_issue

pytestmark = pytest.mark.django_db


def mail_for(issue, ground):
    edition = edition_of(ground)
    return mail_of(bulletin_for(issue, edition), branding_of(edition, edition.url_of(issue.newsletter)))


def test_mail_shows_the_content_of_the_issue_in_its_order(lorraine, newsletter):
    image = make_image("Atelier")
    facts = {"standfirst": "Onze ans plus tard.", "lead_image": image, "lead_image_alt": "Un four"}
    first = make_article(lorraine.section, "Le four rallumé", **facts)
    second = make_portrait(lorraine.section, "Ruth, marinière", lead_image=image, lead_image_alt="Une marinière")
    event = make_event(lorraine.calendar, "Portes ouvertes", place="Nancy")
    issue = make_issue(
        newsletter,
        [group("Économie", [first, second], [event], lorraine.section)],
        "La lettre de mai",
        introduction=[{"type": "paragraph", "value": "<p>Bonjour à <b>tous</b>.</p>"}],
        preheader="Un four, une marinière",
    )
    # A sending stores the bulletin in this form.
    bulletin = bulletin_for(issue, edition_of(lorraine))
    assert bulletin_from(bulletin.as_json()) == bulletin
    assert bulletin.groups[0].key == str(lorraine.section.translation_key)

    mail = mail_for(issue, lorraine)

    order = ("Bonjour à", "Économie", "Le four rallumé", "Onze ans", "Ruth, marinière", "Portes ouvertes", "Nancy")
    for part in (mail.html, mail.text):
        places = [part.index(words) for words in order]
        assert places == sorted(places)
        assert part.count(UNSUBSCRIBE_PLACEHOLDER) == part.count(PREFERENCES_PLACEHOLDER) == 1
    assert "Un four, une marinière" in mail.html
    assert mail.subject == "La lettre de mai"


def test_every_picture_has_alternative_text_width_and_absolute_url(lorraine, newsletter):
    image = make_image("Atelier")
    stories = [
        make_article(
            lorraine.section, f"Avec image {n}", lead_image=image, lead_image_alt="Un « four » & co" if n else ""
        )
        for n in range(3)
    ]
    figure = {"image": image.pk, "alt": "La halle", "caption": "", "credit": "", "wide": False}
    issue = make_issue(newsletter, [group("Tout", stories)], introduction=[{"type": "figure", "value": figure}])

    pictures = BeautifulSoup(mail_for(issue, lorraine).html, "html.parser").find_all("img")

    assert [picture["alt"] for picture in pictures] == ["La halle", "Atelier", "Un « four » & co", "Un « four » & co"]
    for picture in pictures:
        assert picture["src"].startswith("http://lorraine.localhost/pictures/")
        assert int(picture["width"]) <= 552
        assert content_of(lorraine.reader().get(picture["src"].removeprefix("http://lorraine.localhost")))


def test_mail_supports_outlook_and_dark_mode(lorraine, newsletter):
    issue = make_issue(newsletter, [group("Tout", [make_article(lorraine.section)])])

    html = mail_for(issue, lorraine).html

    assert "<!--[if mso | IE]>" in html
    assert 'role="presentation"' in html
    assert 'lang="fr"' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert 'name="color-scheme" content="light dark"' in html
    assert "fonts.googleapis" not in html
    # A mail loads from the site only, and has no tracking pixel.
    origins = re.findall(r'(?:src|href)="(https?://[^/"]+)', html)
    assert set(origins) == {"http://lorraine.localhost"}
    assert not re.search(r'<img[^>]+(width|height)="1"', html)


def test_pages_that_are_not_public_are_left_out(lorraine, saar, newsletter):
    seen = make_article(lorraine.section, "Visible")
    draft = make_draft(make_article(lorraine.section, "Repris"))
    private = make_article(lorraine.section, "Réservé")
    foreign = make_article(saar.section, "Fremd")
    gone_event = make_draft(make_event(lorraine.calendar, "Annulé en silence"))
    private_event = make_event(lorraine.calendar, "À huis clos")
    make_private(private)
    make_private(private_event)
    content = [group("Tout", [seen, draft, private, foreign], [gone_event, private_event]), group("Vide", [draft])]

    mail = mail_for(make_issue(newsletter, content), lorraine)

    assert "Visible" in mail.text
    for words in ("Repris", "Réservé", "Fremd", "Annulé en silence", "À huis clos", "Vide"):
        assert words not in mail.text
        assert words not in mail.html


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><mj-raw>', "&lt;b&gt; & ]]> -->", "{{ name }} {% x %}"]
)
def test_hostile_titles_are_escaped(lorraine, newsletter, hostile):
    story = make_article(lorraine.section, hostile, standfirst=hostile)
    issue = make_issue(newsletter, [group(hostile, [story])], hostile, preheader=hostile)

    mail = mail_for(issue, lorraine)

    soup = BeautifulSoup(mail.html, "html.parser")
    assert soup.find("script") is None
    assert hostile in soup.find("h1").get_text()
    assert hostile in mail.text


def test_rich_text_is_sanitized_and_its_links_are_absolute(lorraine, newsletter):
    story = make_article(lorraine.section, "Lié")
    html = f'<p>Lire <a linktype="page" id="{story.pk}">ceci</a><br/>et <a href="https://example.org/?a=1&amp;b=2">cela</a></p><ul><li>un</li><li>deux</li></ul><embed embedtype="image" id="1" alt="x" format="left"/>'
    issue = make_issue(newsletter, [{"type": "note", "value": {"title": "Mots", "text": html}}])

    mail = mail_for(issue, lorraine)

    assert f'href="http://lorraine.localhost{lorraine.address(story)}"' in mail.html
    assert f"ceci (http://lorraine.localhost{lorraine.address(story)})" in mail.text
    assert "cela (https://example.org/?a=1&b=2)" in mail.text
    assert "- un\n- deux" in mail.text
    assert "<embed" not in mail.html


@pytest.mark.parametrize(("count", "last"), [(60, 59), (400, 19)], ids=["without pictures", "without most stories"])
def test_long_issue_is_condensed_below_the_clipping_limit_of_gmail(lorraine, count, last):
    picture = Picture("/pictures/" + "s" * 150 + "/", "Un atelier en hiver, vu de la rue", 168, 112)
    stories = tuple(
        BulletinEntry(f"Titre {n} " + "long " * 12, f"/fr/histoire-{n}/", "Phrase. " * 45, picture=picture)
        for n in range(count)
    )
    bulletin = Bulletin("Trop long", web_url="/fr/lettre/sans-fin/", groups=(Group("Tout", stories=stories),))

    mail = mail_of(bulletin, branding_of(edition_of(lorraine), "/fr/lettre/"))

    assert len(mail.html.encode()) <= MAX_BYTES
    assert f"Titre {last} " in mail.html
    assert "http://lorraine.localhost/fr/lettre/sans-fin/" in mail.html
    assert mail.text.count("Phrase.") == count * 45


def test_text_part_is_wrapped_and_complete(lorraine, newsletter):
    story = make_article(lorraine.section, "Un titre", standfirst="Une phrase assez longue pour être coupée. " * 5)
    text = mail_for(make_issue(newsletter, [group("Économie", [story])], "Lettre"), lorraine).text

    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 72
    assert "\n\n\n" not in text
    assert "&" not in text.replace("&b", "")
    assert "<" not in text
    assert f"http://lorraine.localhost{lorraine.address(story)}" in text
