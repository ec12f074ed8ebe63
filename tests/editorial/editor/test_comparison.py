"""The comparison of two versions shows what changed, and folds unchanged parts."""

import re
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.users.models import UserProfile

from portal.editorial.roles import Role
from tests.builders import make_article, newsroom_client
from tests.editorial.actions import edit_form, reload
from tests.editorial.approval.test_review_steps import rewrite, submit_article
from tests.editorial.forms import submit

pytestmark = pytest.mark.django_db
LONG = " ".join(f"mot{number}" for number in range(200))


def paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "value": f"<p>{text}</p>", "id": str(uuid4())}


@pytest.fixture
def compare(lorraine, newsroom):
    """The comparison of the published page with a changed draft, as an approver sees it."""

    def see(page, **facts: Any) -> BeautifulSoup:
        draft = page.get_latest_revision_as_object()
        for name, value in facts.items():
            setattr(draft, name, value)
        address = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", draft.save_revision().pk])
        client = newsroom_client(lorraine, newsroom[Role.APPROVER])
        return BeautifulSoup(client.get(address).content, "html.parser")

    return see


def unfolded(html: BeautifulSoup) -> str:
    for part in html.select("details"):
        part.decompose()
    return html.select_one("table.listing").get_text(" ", strip=True)


def test_unchanged_blocks_are_folded(lorraine, compare):
    blocks = [paragraph(f"Alinéa {number}.") for number in range(6)]
    page = make_article(lorraine.section, body=blocks)

    html = compare(page, body=[*blocks[:3], {**blocks[3], "value": "<p>Alinéa neuf.</p>"}, *blocks[4:]])

    assert [each.get_text() for each in html.select("summary")] == ["3 unchanged blocks", "2 unchanged blocks"]
    assert "Alinéa 0." in html.select_one("details").get_text()
    shown = unfolded(html)
    assert "neuf" in shown
    assert "Alinéa 0." not in shown
    assert "Alinéa 5." not in shown


def test_long_text_is_shown_around_its_change_only(lorraine, compare):
    block = paragraph(f"{LONG} hier {LONG}")
    page = make_article(lorraine.section, body=[block])

    html = compare(page, body=[{**block, "value": f"<p>{LONG} demain {LONG}</p>"}])

    assert [each.get_text() for each in html.select(".deletion, .addition")] == ["hier", "demain"]
    folded = [each.get_text() for each in html.select("details")]
    assert all("mot100" in text for text in folded)
    shown = unfolded(html)
    assert "mot199 hier" in shown
    assert "demain mot0" in shown
    assert "mot100" not in shown


def test_long_standfirst_is_folded_and_stays_escaped(lorraine, compare):
    page = make_article(lorraine.section, standfirst=f"<b>{LONG}</b> hier")

    html = compare(page, standfirst=f"<b>{LONG}</b> demain")

    assert html.select_one(".comparison b") is None
    assert "<b>mot0" in html.select_one("details").get_text()
    assert "hier" in unfolded(html)


def in_lines(cell) -> list[str]:
    for line in cell.find_all("br"):
        line.replace_with("\n")
    return cell.get_text().split("\n")


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (
            "<p>Premier mot</p><p>Dernier soir</p>",
            "<p>Premier mot</p><p>Dernier matin</p>",
            ["Premier mot", "Dernier soirmatin"],
        ),
        (
            "<ul><li>mercredi</li><li>bois</li></ul>",
            "<ul><li>mercredi</li><li>pierre</li></ul>",
            ["mercredi", "boispierre"],
        ),
        ("<p>Premier Dernier</p>", "<p>Premier</p><p>Dernier</p>", ["Premier ¶", "Dernier"]),
    ],
)
def test_paragraphs_of_a_changed_text_stand_below_each_other(lorraine, compare, before, after, shown):
    block = {**paragraph(""), "value": before}
    page = make_article(lorraine.section, body=[block])

    html = compare(page, body=[{**block, "value": after}])

    assert in_lines(html.select_one("td.comparison .comparison__child-object")) == shown


def test_new_text_has_its_paragraphs(lorraine, compare):
    page = make_article(lorraine.section, body=[])

    html = compare(page, body=[paragraph("Un.</p><p>Deux.")])

    assert in_lines(html.select_one("td.comparison .addition")) == ["Un.", "Deux."]


def test_heading_names_the_compared_versions(lorraine, newsroom):
    editor = newsroom[Role.EDITOR]
    editor.first_name, editor.last_name = "Élise", "Mangin"
    editor.save()
    page = submit_article(lorraine, editor)
    first = page.latest_revision_id
    rewrite(page, editor, "Soumis encore")

    def names_of_versions(before: Any, after: Any) -> list[str]:
        html = compared(lorraine, newsroom[Role.APPROVER], page, before, after)
        return [each.get_text() for each in html.select(".compared dd")]

    live, latest = names_of_versions("live", "latest")
    assert live.startswith("Live version, published on ")
    assert re.fullmatch(r"Latest draft, saved on \S+ .* by Élise Mangin", latest)
    assert names_of_versions(first, "latest")[0].startswith("Earlier version, saved on ")


def test_change_without_text_is_reported(lorraine, compare):
    before, after = (f'<p><a href="https://example.org/{name}">Le site</a></p>' for name in ("un", "deux"))
    block = {**paragraph(""), "value": before}
    page = make_article(lorraine.section, body=[block], thanks=before)

    html = compare(page, body=[{**block, "value": after}], thanks=after)

    assert unfolded(html).count("something else has changed") == 2
    assert "Le site" in html.select_one("td.comparison").get_text()


def test_text_that_was_only_saved_again_is_unchanged(lorraine, compare):
    texts = ("Le <strong>site</strong>.</p>\n<p>Fin.", '<a id="3" linktype="page">Le site</a>')
    blocks = [paragraph(text) for text in texts]
    page = make_article(lorraine.section, body=[*blocks, paragraph("hier")], thanks="")
    saved = (
        '<p data-block-key="a1b2c">Le <b>site</b>.</p><p data-block-key="d3">Fin.</p>',
        '<p data-block-key="e4"><a linktype="page" id="3">Le site</a></p>',
    )
    stored = [{**block, "value": text} for block, text in zip(blocks, saved, strict=True)]

    html = compare(page, body=[*stored, paragraph("demain")], thanks='<p data-block-key="f5"></p>')

    assert [each.get_text() for each in html.select("summary")] == ["2 unchanged blocks"]
    assert "Thanks:" not in [each.get_text(strip=True) for each in html.select("td.title")]
    assert "something else has changed" not in html.get_text()


def test_items_that_only_got_ids_are_unchanged(lorraine, compare):
    entry = {"date": "1974", "title": "Le cubilot", "text": ""}
    block = {"type": "timeline", "value": {"title": "Dates", "entries": [entry]}, "id": str(uuid4())}
    page = make_article(lorraine.section, body=[block, paragraph("hier")])
    other = {
        **block,
        "value": {**block["value"], "entries": [{"type": "item", "value": entry, "id": str(uuid4())}]},
    }

    html = compare(page, body=[other, paragraph("demain")])

    assert [each.get_text() for each in html.select("summary")] == ["1 unchanged block"]
    assert "Le cubilot" not in unfolded(html)


def test_field_name_has_its_languages_colon(lorraine, newsroom, compare):
    UserProfile.objects.create(user=newsroom[Role.APPROVER], preferred_language="fr")
    page = make_article(lorraine.section)

    html = compare(page, title="Une autre visite")

    assert html.select_one("td.title").get_text(strip=True) == "Titre\u00a0:"


def compared(ground, person, page, before: Any = "live", after: Any = "latest") -> BeautifulSoup:
    """The comparison of two versions of a page as one person sees it."""
    address = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, before, after])
    return BeautifulSoup(newsroom_client(ground, person).get(address).content, "html.parser")


def answer(ground, person, page, html: BeautifulSoup, **sent: str) -> Any:
    """Submit the form below a comparison; without a form, the same data."""
    state = page.current_workflow_task_state
    seen = html.select_one("form.answer__form [name=seen]")
    data = {"seen": seen["value"] if seen else "", "comment": "", **sent}
    return newsroom_client(ground, person).post(reverse("editorial:answer", args=[state.pk]), data)


def buttons(html: BeautifulSoup) -> list[str]:
    return [each.get_text(strip=True) for each in html.select("form.answer__form button")]


def test_page_is_approved_beside_its_comparison(lorraine, newsroom):
    page = submit_article(lorraine, newsroom[Role.EDITOR])
    html = compared(lorraine, newsroom[Role.APPROVER], page)

    assert buttons(html) == ["Approve", "Send back"]
    answer(lorraine, newsroom[Role.APPROVER], page, html, approve="yes")
    assert reload(page).title == "Soumis"


def test_page_is_rejected_beside_its_comparison(lorraine, newsroom):
    page = submit_article(lorraine, newsroom[Role.EDITOR])
    html = compared(lorraine, newsroom[Role.APPROVER], page)

    answer(lorraine, newsroom[Role.APPROVER], page, html, reject="yes", comment="Le titre est trop long.")

    assert page.current_workflow_state.status == "needs_changes"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ORGANISER, Role.SITE_ADMINISTRATOR])
def test_comparison_has_no_review_form_without_permission(lorraine, newsroom, role):
    page = submit_article(lorraine, newsroom[Role.EDITOR])
    html = compared(lorraine, newsroom[role], page)

    assert buttons(html) == []
    answer(lorraine, newsroom[role], page, html, approve="yes")
    assert reload(page).title == "En ligne"


def test_author_can_only_reject_beside_the_comparison(lorraine, newsroom):
    author = newsroom[Role.APPROVER]
    author.groups.add(*newsroom[Role.EDITOR].groups.all())
    page = submit_article(lorraine, author)

    html = compared(lorraine, author, page)

    assert buttons(html) == ["Send back"]
    assert "You wrote this yourself" in html.get_text()
    answer(lorraine, author, page, html, approve="yes")
    assert reload(page).title == "En ligne"


def leads_to_review(html: BeautifulSoup, page) -> bool:
    link = reverse("editorial:answer", args=[reload(page).current_workflow_task_state.pk])
    return html.select_one(f"main a[href='{link}']") is not None


@pytest.mark.parametrize("versions", [("live", "first"), ("first", "latest"), ("last", "latest"), ("last", "live")])
def test_partial_comparison_links_to_the_review(lorraine, newsroom, versions):
    page = submit_article(lorraine, newsroom[Role.EDITOR])
    first = page.latest_revision_id
    page = rewrite(page, newsroom[Role.EDITOR], "Soumis encore")
    keys = {"first": first, "last": page.latest_revision_id}
    before, after = (keys.get(each, each) for each in versions)

    html = compared(lorraine, newsroom[Role.APPROVER], page, before, after)

    assert (buttons(html), leads_to_review(html, page)) == ([], True)


def test_comparison_links_to_the_review_for_reviewers_only(lorraine, newsroom):
    page = submit_article(lorraine, newsroom[Role.EDITOR])

    html = compared(lorraine, newsroom[Role.EDITOR], page, page.latest_revision_id)

    assert not leads_to_review(html, page)


def test_unpublished_page_cannot_be_approved_from_a_comparison_with_live(lorraine, newsroom):
    page = submit(lorraine, newsroom[Role.EDITOR])

    html = compared(lorraine, newsroom[Role.APPROVER], page)

    assert (buttons(html), leads_to_review(html, page)) == ([], True)


def test_comparison_since_the_first_draft_or_last_review_can_be_approved(lorraine, newsroom):
    page = submit(lorraine, newsroom[Role.EDITOR])
    response = page.latest_revision_id
    answer(lorraine, newsroom[Role.APPROVER], page, BeautifulSoup(), reject="yes", comment="Trop long.")
    draft = rewrite(page, newsroom[Role.EDITOR], "Soumis encore")
    edit_form(newsroom_client(lorraine, newsroom[Role.EDITOR]), draft, **{"action-submit": "1"})

    for before in ("earliest", response):
        html = compared(lorraine, newsroom[Role.APPROVER], page, before)
        assert buttons(html) == ["Approve", "Send back"]
