"""The kinds of results. The layer above registers `SECTION`, and `PAGE` for pages without a kind of their own."""

from portal.content.kinds import Listed, kinds

SECTION, PAGE = "section", "page"


def result_choices() -> dict[str, str]:
    return {kind.name: kind.label for kind in kinds()}


def names_of(listed: Listed) -> list[str]:
    return [kind.name for kind in kinds(listed)]
