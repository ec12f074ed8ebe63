"""The contents of an export for its proposal."""

from typing import Any

from portal.moving.planning.survey import MOST_KINDS, Survey

# The maximum number of terms in the form. The others are mapped as proposed.
MOST_TERMS = 300
TAXONOMIES = ("category", "tribe_events_cat", "post_tag")


def facts_of(survey: Survey) -> dict[str, Any]:
    """Counts, and the most frequent terms: lists of the term's key, its name and its number of posts."""
    counts = sorted(survey.term_counts.items(), key=lambda pair: (-pair[1], pair[0]))
    terms = [
        [":".join(key), survey.name_of(*key), count]
        for taxonomy in TAXONOMIES
        for key, count in counts
        if key[0] == taxonomy
    ]
    return {
        "title": survey.channel.title,
        "address": survey.channel.address,
        "kinds": dict(survey.kind_counts.most_common(MOST_KINDS)),
        "items": len(survey.items),
        "files": len(survey.files),
        "comments": survey.comments,
        "terms": terms[:MOST_TERMS],
    }
