"""The mapping of the old site's categories, tags and titles: proposed, or read from a TOML file."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from portal.moving.planning.survey import Survey

MOST_SECTIONS = 8
# A category becomes a section if it has this share of the posts, and at least this many.
LEAST_SHARE = 0.05
LEAST_POSTS = 3
# Up to this number of tags, each tag becomes a topic even if only one post has it.
MOST_RARE_TAGS = 40
# The slugs of WordPress's default category and of layout categories. They become neither section nor topic.
UNSORTED = re.compile(
    r"uncategori[sz]ed|non-?classe|allgemein|unkategorisiert|sin-categoria|senza-categoria|a-la-une|slider|featured"
)
# The kinds of stories by category name and title prefix, in the three languages.
KINDS = {
    "portrait": r"portraits?|portr[aä]ts?|portraet|interviews?|entretiens?|rencontres?-avec|gesichter|k[oö]pfe|people",
    "recap": r"recaps?|retours?-sur|r[uü]ckblicke?|rueckblicke?|compte-rendus?|comptes-rendus|nachlese|looking-back",
    "brief": r"briefs?|breves?|en-bref|kurz-gemeldet|kurzmeldungen|kurznachrichten|in-brief",
}
TITLES = {
    "portrait": r"(?:portrait|portr[aä]t|interview|entretien)(?: de| avec| mit| with)?\s*[:|–—-]",
    "recap": r"(?:retour sur|r[uü]ckblick|recap|compte[ -]rendu|nachlese)\b",
    "brief": r"(?:en bref|kurz gemeldet|in brief)\s*[:|–—-]",
}


class MappingError(ValueError):
    """The mapping file is invalid."""


@dataclass
class KindRule:
    """Posts in one of these categories, or with one of these title prefixes, are of this kind."""

    kind: str
    categories: list[str] = field(default_factory=list)
    title: str = ""

    def fits(self, title: str, categories: Collection[str]) -> bool:
        return bool(set(self.categories) & set(categories)) or bool(self.title and re.match(self.title, title, re.I))


@dataclass
class Mapping:
    """The sections and topics that the import creates from terms.

    `sections` has the title of a section by category, `topics` the name of a topic by `category:slug` or
    `post_tag:slug`. Terms that are in neither are left out. Posts without a section get the default one.
    """

    sections: dict[str, str] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)
    kinds: list[KindRule] = field(default_factory=list)
    default_section: str = ""
    time_zone: str = ""

    def kind_of(self, title: str, categories: Collection[str]) -> str:
        return next((rule.kind for rule in self.kinds if rule.fits(title, categories)), "article")

    def topics_of(self, terms: Collection[tuple[str, str]]) -> list[str]:
        named = (self.topics.get(f"{taxonomy}:{slug}", "") for taxonomy, slug in terms)
        return list(dict.fromkeys(filter(None, named)))


def propose(survey: Survey, kinds: Collection[str], default_section: str, time_zone: str) -> Mapping:
    """Propose a mapping: large categories become sections, other terms topics. `kinds` are our kinds of stories."""
    posts = max(1, sum(1 for item in survey.items.values() if item.kind == "post"))
    counts = {slug: count for (taxonomy, slug), count in survey.term_counts.items() if taxonomy == "category"}
    # A category of a kind that is not installed is treated like any other category.
    by_kind = {
        kind: [slug for slug in counts if re.fullmatch(KINDS[kind], _ascii(slug))] for kind in KINDS if kind in kinds
    }
    of_kind = {slug for slugs in by_kind.values() for slug in slugs}
    eligible = [
        slug
        for slug, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if count >= max(LEAST_POSTS, posts * LEAST_SHARE)
        and slug not in of_kind
        and not UNSORTED.fullmatch(_ascii(slug))
        # A category with a parent becomes a topic.
        and not getattr(survey.terms.get(("category", slug)), "parent", "")
    ]
    sections = {slug: survey.name_of("category", slug) for slug in eligible[:MOST_SECTIONS]}
    rules = [KindRule(kind, slugs, TITLES[kind]) for kind, slugs in by_kind.items()]
    topics = _topics(survey, {*sections, *of_kind})
    return Mapping(sections, topics, rules, default_section, time_zone)


def _topics(survey: Survey, taken: Collection[str]) -> dict[str, str]:
    """The topics, with their number of posts.

    Names that differ only in case, accents or plural are the same topic.
    """
    tags = [key for key in survey.term_counts if key[0] == "post_tag"]
    least = 1 if len(tags) <= MOST_RARE_TAGS else 2
    wanted = [
        (key, count)
        for key, count in survey.term_counts.items()
        if (key[0] == "post_tag" and count >= least)
        or (key[0] == "tribe_events_cat")
        or (key[0] == "category" and key[1] not in taken and not UNSORTED.fullmatch(_ascii(key[1])))
    ]
    names: dict[str, str] = {}
    found = {}
    for key, _count in sorted(wanted, key=lambda pair: (-pair[1], pair[0])):
        name = survey.name_of(*key)[:80]
        found[":".join(key)] = names.setdefault(_stem(name), name)
    return found


def choices_of(mapping: Mapping, survey: Survey) -> dict[str, Any]:
    """The mapping as it is stored, with the terms for which it is a choice: those in no other part are left out."""
    return {"mapping": asdict(mapping), "terms": [":".join(key) for key in survey.term_counts]}


def with_choices(proposal: Mapping, choices: dict[str, Any]) -> Mapping:
    """The choices of an earlier import, and what is proposed for terms that it did not have."""
    chosen, known = mapping_of(choices["mapping"]), set(choices["terms"])
    # A new term that is the same topic as a known one has its name.
    renamed = {proposal.topics[key]: name for key, name in chosen.topics.items() if key in proposal.topics}
    for slug, title in proposal.sections.items():
        if f"category:{slug}" not in known:
            chosen.sections.setdefault(slug, title)
    for key, name in proposal.topics.items():
        if key not in known:
            chosen.topics.setdefault(key, renamed.get(name, name))
    installed = {rule.kind for rule in proposal.kinds}
    chosen.kinds = [rule for rule in chosen.kinds if rule.kind in installed]
    for rule in proposal.kinds:
        if new := [slug for slug in rule.categories if f"category:{slug}" not in known]:
            chosen.kinds.append(KindRule(rule.kind, new))
    return chosen


def _ascii(text: str) -> str:
    text = text.replace("ß", "ss").replace("œ", "oe")
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _stem(name: str) -> str:
    """A key that is equal for similar names: `Énergies`, `énergie`, `ENERGIE`.

    Names in other scripts stay as they are.
    """
    words = re.findall(r"[a-z0-9]+", _ascii(name))
    return "".join(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in words) or name


def mapping_of(facts: dict[str, Any]) -> Mapping:
    """The mapping from its fields (`dataclasses.asdict`)."""
    return Mapping(**{**facts, "kinds": [KindRule(**rule) for rule in facts.get("kinds", [])]})


def as_toml(mapping: Mapping) -> str:
    """The mapping as a file that people can edit and `mapping_from` reads."""
    lines = [
        f"default_section = {_quoted(mapping.default_section)}",
        f"time_zone = {_quoted(mapping.time_zone)}",
        "",
        "# Categories that become sections, with their titles. Several may have the same.",
        "[sections]",
        *(f"{_quoted(slug)} = {_quoted(title)}" for slug, title in mapping.sections.items()),
        "",
        "# Categories and tags that become topics. Those with the same name are one; those without a line go.",
        "[topics]",
        *(f"{_quoted(key)} = {_quoted(name)}" for key, name in mapping.topics.items()),
    ]
    for rule in mapping.kinds:
        lines += ["", "[[kinds]]", f"kind = {_quoted(rule.kind)}"]
        lines += [f"categories = [{', '.join(map(_quoted, rule.categories))}]", f"title = {_quoted(rule.title)}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON string is a TOML string, except for one control character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def mapping_from(text: str, kinds: Collection[str]) -> Mapping:
    """Read the file; raises MappingError with the reason."""
    try:
        facts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"it is no TOML: {error}") from error
    known = {"sections", "topics", "kinds", "default_section", "time_zone"}
    if unknown := facts.keys() - known:
        raise MappingError(f"“{sorted(unknown)[0]}” is not known; {', '.join(sorted(known))} are")
    return Mapping(
        sections=_strings(facts, "sections"),
        topics=_strings(facts, "topics"),
        kinds=[_rule(rule, kinds) for rule in facts.get("kinds", [])],
        default_section=str(facts.get("default_section", "")),
        time_zone=str(facts.get("time_zone", "")),
    )


def _strings(facts: dict[str, Any], name: str) -> dict[str, str]:
    table = facts.get(name, {})
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise MappingError(f"[{name}] is a table of names in quotation marks")
    return {key: value for key, value in table.items() if value}


def _rule(facts: Any, kinds: Collection[str]) -> KindRule:
    if not isinstance(facts, dict) or facts.get("kind") not in kinds:
        raise MappingError(f"the kind of a story is one of: {', '.join(kinds)}")
    rule = KindRule(facts["kind"], list(facts.get("categories", [])), str(facts.get("title", "")))
    try:
        re.compile(rule.title)
    except re.error as error:
        raise MappingError(f"“{rule.title}” is no pattern of a title: {error}") from error
    return rule
