"""Search queries for the bench: common and rare words, phrases, questions, typing errors and prefixes."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from wagtail.models import Page

from articles.models import ArticlePage

# The number of stories, evenly spread, in which words are counted.
SAMPLE_SIZE = 600
COMMON_SHARE = 0.35, 0.65
RARE_SHARE = 0.005
# The number of queries of each kind.
PER_KIND = 20
COMMON, SUGGESTIONS = "common word", "suggestions"
# The number of words of a question.
QUESTION_LENGTH = 8

WORD = re.compile(r"[^\W\d_]{5,}")
# A rough stem: “développer” is not rare if “développement” is common.
STEM_LENGTH = 5
# The length of a prefix for suggestions.
PREFIX_LENGTH = 4

Story = tuple[list[str], list[str]]
"""The words of a title, and of the whole story."""


def queries_of(home: Page) -> dict[str, list[str]]:
    """Queries by kind, in the language of a home page; empty without articles."""
    articles = ArticlePage.objects.live().descendant_of(home)
    step = max(1, articles.count() // SAMPLE_SIZE)
    keys = list(articles.order_by("pk").values_list("pk", flat=True))[::step]
    return sample_queries(list(_stories(keys)))


def _stories(keys: Sequence[int]) -> Iterator[Story]:
    for title, standfirst, body in ArticlePage.objects.filter(pk__in=keys).values_list("title", "standfirst", "body"):
        texts = body.stream_block.get_searchable_content(body)
        yield title.split(), WORD.findall(" ".join([title, standfirst, *texts]).casefold())


def sample_queries(stories: Sequence[Story]) -> dict[str, list[str]]:
    counts = Counter(word for _title, words in stories for word in set(words))
    stems = Counter(stem for _title, words in stories for stem in {word[:STEM_LENGTH] for word in words})
    shares = {word: count / len(stories) for word, count in counts.items()}
    minimum, maximum = COMMON_SHARE
    titles = [title for title, _words in stories]
    pairs = [pair for title in titles for pair in pairwise(title) if all(WORD.fullmatch(word) for word in pair)]
    title_words = [word.casefold() for title in titles for word in title if WORD.fullmatch(word)]
    # A story's last words, because its first words are those of the title.
    ends = [words[-QUESTION_LENGTH:] for _title, words in stories]
    queries = {
        COMMON: sorted(word for word, share in shares.items() if minimum <= share <= maximum),
        "rare word": [word for word in title_words if stems[word[:STEM_LENGTH]] <= RARE_SHARE * len(stories)],
        "two words": [" ".join(pair) for pair in pairs],
        "phrase": [f'"{" ".join(pair)}"' for pair in pairs],
        "question": [" ".join(words) for words in ends if len(words) == QUESTION_LENGTH],
        "typo": [mistyped(word) for word in title_words if len(word) > PREFIX_LENGTH + 2 and word[2] != word[3]],
        SUGGESTIONS: [word[:PREFIX_LENGTH] for word in title_words],
    }
    return {kind: _spread(list(dict.fromkeys(candidates))) for kind, candidates in queries.items() if candidates}


def mistyped(word: str) -> str:
    """The word with its third and fourth letters swapped."""
    return word[:2] + word[3] + word[2] + word[4:]


def _spread(queries: list[str]) -> list[str]:
    return queries[:: max(1, len(queries) // PER_KIND)][:PER_KIND]
