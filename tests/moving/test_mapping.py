"""The proposed mapping, and the file in which people change it."""

from io import BytesIO

import pytest

from portal.moving.planning.mapping import (
    KindRule,
    Mapping,
    MappingError,
    as_toml,
    choices_of,
    mapping_from,
    propose,
    with_choices,
)
from portal.moving.planning.survey import Survey, survey_of
from portal.moving.wordpress.reading import read_wxr
from tests.moving.exports import a_tag, category, export, item

KINDS = ["article", "portrait", "recap"]


def survey(*parts: str) -> Survey:
    return survey_of(read_wxr(BytesIO(export(*parts).encode())))


def proposal(*parts: str) -> Mapping:
    return propose(survey(*parts), KINDS, "À la une", "Europe/Paris")


def posts(count: int, *categories: str, tags: tuple[str, ...] = (), title: str = "N") -> list[str]:
    return [item(f"{title} {n}", "x", categories=categories, tags=tags) for n in range(count)]


def test_large_categories_are_sections_and_others_topics():
    found = proposal(category("eco", "Économie"), category("rare", "Rare"), *posts(5, "eco"), *posts(1, "eco", "rare"))

    assert found.sections == {"eco": "Économie"}
    assert found.topics == {"category:rare": "Rare"}


def test_unlisted_category_is_named_by_its_posts():
    named = '<category domain="category" nicename="economie-locale"><![CDATA[Économie &amp; locale]]></category>'

    found = proposal(*(item(f"N {n}", "x", more=named) for n in range(5)))

    assert found.sections == {"economie-locale": "Économie & locale"}


def test_listed_category_keeps_its_parent():
    named = '<category domain="category" nicename="eco">Éco</category>'

    found = proposal(
        category("a", "A"), category("eco", "Économie", "a"), *(item(f"N {n}", "x", more=named) for n in range(5))
    )

    assert found.topics == {"category:eco": "Économie"}


def test_at_most_eight_categories_are_sections():
    parts = [part for n in range(12) for part in (category(f"c{n}", f"C {n}"), *posts(4, f"c{n}"))]

    assert len(proposal(*parts).sections) == 8


def test_category_below_another_is_a_topic():
    found = proposal(category("eco", "Éco"), category("bois", "Bois", parent="eco"), *posts(5, "eco", "bois"))

    assert (list(found.sections), found.topics) == (["eco"], {"category:bois": "Bois"})


@pytest.mark.parametrize("slug", ["uncategorized", "non-classe", "allgemein"])
def test_default_category_of_wordpress_is_ignored(slug):
    found = proposal(category(slug, "Sans"), *posts(9, slug))

    assert (found.sections, found.topics) == ({}, {})


def test_category_of_a_missing_kind_is_an_ordinary_one():
    found = proposal(category("breves", "En bref"), *posts(5, "breves"))

    assert found.sections == {"breves": "En bref"}


def test_similar_names_are_one_topic():
    tags = ("energie", "energies", "energie-2")
    found = proposal(
        a_tag("energie", "Énergie"), a_tag("energies", "énergies"), a_tag("energie-2", "ENERGIE"),
        *posts(3, tags=tags[:1]), *posts(2, tags=tags[1:]),
    )  # fmt: skip

    assert set(found.topics.values()) == {"Énergie"}
    assert len(found.topics) == 3


def test_tags_of_one_post_are_left_out_if_there_are_many():
    many = [part for n in range(50) for part in (a_tag(f"t{n}", f"Tag {n}"), *posts(1, tags=(f"t{n}",)))]

    found = proposal(a_tag("bois", "Bois"), *posts(2, tags=("bois",)), *many)

    assert found.topics == {"post_tag:bois": "Bois"}


@pytest.mark.parametrize(
    ("title", "categories", "kind"),
    [
        ("Anna", ["portraits"], "portrait"),
        ("Porträt: Anna", [], "portrait"),
        ("Rückblick auf das Fest", [], "recap"),
        ("Retour sur le salon", [], "recap"),
        ("Portrait d’une ville", [], "article"),
        ("Autre", ["eco"], "article"),
    ],
)
def test_kind_is_recognised_by_category_and_title(title, categories, kind):
    found = proposal(category("portraits", "Portraits"), *posts(4, "portraits"))

    assert found.kind_of(title, categories) == kind
    assert "portraits" not in found.sections


def test_mapping_is_the_same_after_it_was_written_and_read():
    found = proposal(category("eco", 'Économie "verte"'), a_tag("bois", "Bois & co"), *posts(5, "eco", tags=("bois",)))

    assert mapping_from(as_toml(found), KINDS) == found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[sections", "no TOML"),
        ("sektionen = 1", "“sektionen” is not known"),
        ("[sections]\neco = 1", "table of names"),
        ('[[kinds]]\nkind = "podcast"', "the kind of a story is one of"),
        ('[[kinds]]\nkind = "portrait"\ntitle = "("', "no pattern"),
    ],
)
def test_invalid_mapping_file_is_refused(text, reason):
    with pytest.raises(MappingError, match=reason):
        mapping_from(text, KINDS)


def test_choices_of_an_earlier_import_apply_and_only_new_terms_are_proposed():
    before = [category("misc", "Vermischtes"), category("uni", "Studium"), *posts(4, "misc"), *posts(4, "uni")]
    chosen = Mapping({"misc": "Notizen"}, {"category:uni": "Uni"}, [KindRule("recap", title="Retour")], "Reste", "UTC")
    choices = choices_of(chosen, survey(*before))

    found = with_choices(proposal(*before, category("new", "Neues"), *posts(4, "new", tags=("bois",))), choices)

    assert found.sections == {"misc": "Notizen", "new": "Neues"}
    assert found.topics == {"category:uni": "Uni", "post_tag:bois": "Bois"}
    assert (found.default_section, found.time_zone) == ("Reste", "UTC")
    assert [rule.title for rule in found.kinds] == ["Retour"]


def test_term_that_was_left_out_stays_left_out():
    before = [*posts(4, "misc", tags=("bois",))]
    choices = choices_of(Mapping({"misc": "Notizen"}), survey(*before))

    assert with_choices(proposal(*before), choices).topics == {}


def test_new_category_of_a_kind_is_still_proposed():
    choices = choices_of(Mapping(kinds=[KindRule("recap", title="Retour")]), survey(*posts(4, "misc")))

    found = with_choices(proposal(*posts(4, "misc"), *posts(4, "interviews")), choices)

    assert found.kind_of("N", ["interviews"]) == "portrait"
