"""The kinds of results: those of the pages; the layer above registers `SECTION`, and `PAGE` for all without a kind."""

from portal.content.kinds import Listed, kinds

SECTION, PAGE = "section", "page"


def result_choices() -> dict[str, str]:
    return {kind.name: kind.label for kind in kinds()}


def names_of(listed: Listed) -> list[str]:
    return [kind.name for kind in kinds(listed)]
