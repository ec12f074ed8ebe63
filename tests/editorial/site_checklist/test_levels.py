"""A site's checklist decides what its pages lack; other sites and other kinds keep theirs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.checklist import lines
from portal.editorial.approval.completeness import checklist_of, missing_findings, waive
from portal.editorial.models import SiteChecklist
from portal.editorial.records.newsroom import ChecklistWaiver
from portal.editorial.roles import Role
from tests.builders import make_article, make_event, make_form_page, make_image, make_standard_page
from tests.editorial.drafts import draft, submit

pytestmark = pytest.mark.usefixtures("media")


def choose(ground, levels=None, **facts):
    SiteChecklist.objects.update_or_create(site=ground.site, defaults={"levels": levels or {}, **facts})


def missing(page):
    return [finding.code for finding in missing_findings(page, timezone.now())]


def advised(page, user):
    return [finding.code for finding in checklist_of(page, user).recommendations]


@pytest.fixture
def editor(newsroom):
    return newsroom[Role.EDITOR]


def test_site_without_choices_has_todays_checklist(lorraine, editor):
    article = make_article(lorraine.section, standfirst="", bylines=[], search_description="")

    assert missing(article) == ["standfirst"]
    assert advised(article, editor) == ["byline"]


def test_line_that_is_off_is_not_mentioned(lorraine, editor):
    choose(lorraine, {"standfirst": {"article": "off"}, "byline": {"article": "off"}})
    article = make_article(lorraine.section, standfirst="")

    assert missing(article) == []
    assert advised(article, editor) == []


def test_requirement_as_advice_lets_the_page_be_submitted(lorraine, editor):
    choose(lorraine, {"standfirst": {"article": "advice"}})
    page = draft(lorraine, editor, standfirst="")

    submit(page, editor)

    assert "standfirst" in advised(page, editor)


def test_advice_as_requirement_stops_the_submission(lorraine, editor):
    choose(lorraine, {"byline": {"article": "required"}})

    with pytest.raises(PublicationRefusedError, match="n’est pas complète"):
        submit(draft(lorraine, editor), editor)


def test_other_kinds_keep_their_levels(lorraine):
    choose(lorraine, {"standfirst": {"article": "off"}})

    assert missing(make_event(lorraine.calendar, standfirst="")) == ["standfirst"]


def test_other_sites_keep_their_levels(lorraine, saar):
    choose(saar, {"standfirst": {"article": "off"}, "description": {"article": "required"}})

    assert missing(make_article(lorraine.section, standfirst="")) == ["standfirst"]


def test_levels_count_in_every_language_of_the_site(lorraine):
    choose(lorraine, {"standfirst": {"article": "off"}})

    assert missing(make_article(lorraine.sections["de"], standfirst="")) == []


def test_field_of_another_kind_can_be_required(lorraine):
    choose(lorraine, {"lead_image": {"event": "required"}})

    assert missing(make_event(lorraine.calendar, lead_image=None)) == ["lead_image"]


def test_ended_licence_always_counts(lorraine):
    assert "licence" not in {line.code for line in lines}
    choose(lorraine, {"licence": {"article": "off"}, "title": {"article": "off"}})
    image = make_image(licence_ends=timezone.localdate() - timedelta(days=1))

    assert missing(make_article(lorraine.section, lead_image=image)) == ["licence"]


@pytest.mark.parametrize(
    ("code", "facts", "values"),
    [
        ("title_length", {"title": "Un titre beaucoup trop long"}, {"longest_title": 10}),
        ("standfirst_length", {"standfirst": "Un chapô beaucoup trop long"}, {"longest_standfirst": 10}),
        ("description", {"search_description": ""}, {}),
        ("words", {"title": "Elle utilise le bois"}, {"words": {"fr": [["utilise", "emploie"]]}}),
    ],
)
def test_further_line_is_found_where_it_is_on(lorraine, saar, editor, code, facts, values):
    for ground in (lorraine, saar):
        choose(ground, {code: {"article": "required"}} if ground is lorraine else {}, **values)
    title = facts.pop("title", "Court")

    assert missing(make_article(lorraine.section, title, **facts)) == [code]
    assert missing(make_article(saar.sections["fr"], title, **facts)) == []


def test_picture_without_a_credit_is_named(lorraine):
    choose(lorraine, {"credit": {"article": "required"}})
    without = make_article(lorraine.section, lead_image=make_image("Atelier", credit=""))
    with_credit = make_article(lorraine.section, lead_image=make_image("Forge", credit="Claire Humbert"))

    assert "Atelier" in missing_findings(without, timezone.now())[0].message
    assert missing(with_credit) == []


def test_word_to_avoid_is_quoted_with_its_passage_and_a_better_one(lorraine, editor):
    choose(lorraine, {"words": {"article": "advice"}}, words={"fr": [["utilise", "emploie"]]})
    article = make_article(lorraine.section, standfirst="Elle utilise le bois.")

    (finding,) = [each for each in checklist_of(article, editor).recommendations if each.code == "words"]
    assert finding.field == "standfirst"
    assert all(word in finding.message for word in ("Elle utilise le bois.", "emploie"))


def test_words_of_another_language_are_not_searched(lorraine):
    choose(lorraine, {"words": {"article": "required"}}, words={"de": [["bois", "Holz"]]})

    assert missing(make_article(lorraine.section, "Le bois")) == []


def test_waiver_stays_when_the_level_changes(lorraine, newsroom, editor):
    choose(lorraine, {"description": {"article": "required"}})
    page = draft(lorraine, editor, search_description="")
    assert waive(page, newsroom[Role.APPROVER], {"description:search_description"}, "Une brève.")
    assert missing(page) == []

    choose(lorraine, {"description": {"article": "advice"}})

    waiver = ChecklistWaiver.objects.get(page=page.pk)
    assert (waiver.reason, list(waiver.findings)) == ("Une brève.", ["description:search_description"])
    assert "description" not in advised(page, editor)


def test_pages_without_a_kind_have_the_column_of_other_pages(lorraine):
    choose(lorraine, {"description": {"other": "required"}})

    assert missing(make_form_page(lorraine.home, search_description="")) == ["description"]
    assert missing(make_standard_page(lorraine.home, search_description="")) == []


def test_rules_cost_one_query(lorraine):
    article = make_article(lorraine.section)

    with CaptureQueriesContext(connection) as queries:
        missing(article)

    assert sum("editorial_sitechecklist" in query["sql"] for query in queries) == 1


@pytest.mark.parametrize("levels", [{"credit": {"article": "urgent"}}, {"credit": {"article": []}}, {"credit": 3}, []])
def test_levels_that_do_not_exist_count_as_the_default(lorraine, levels):
    choose(lorraine, levels, words={"fr": [["seul"], 3, ["a", 1]]})

    assert missing(make_article(lorraine.section)) == []


@pytest.mark.parametrize("words", [[], {"fr": "mot"}, {"fr": [["seul"], 3, ["a", 1]]}])
def test_words_in_another_form_are_left_out(lorraine, words):
    choose(lorraine, {"words": {"article": "required"}}, words=words)

    assert missing(make_article(lorraine.section)) == []
