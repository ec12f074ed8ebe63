"""What the bench asks of search: words that half of all stories have, words that few have, and how they are typed."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from wagtail.models import Page

from articles.models import ArticlePage

# So many stories are read, evenly spread over all, to learn which words are common.
READ = 600
COMMON = 0.35, 0.65
RARE = 0.005
# Questions of one kind.
EACH = 20
SUGGESTIONS = "suggestions"

WORD = re.compile(r"[^\W\d_]{5,}")
# Words that begin alike are one word to search: “développer” is not rare where “développement” is common.
ALIKE = 5
# The beginning of a word that is being typed.
TYPED = 4

Story = tuple[list[str], list[str]]
"""The words of a title, and of the whole story."""


def questions_of(home: Page) -> dict[str, list[str]]:
    """Questions by kind, in the language of a home page; none where it has no article."""
    articles = ArticlePage.objects.live().descendant_of(home)
    step = max(1, articles.count() // READ)
    keys = list(articles.order_by("pk").values_list("pk", flat=True))[::step]
    return questions(list(_stories(keys)))


def _stories(keys: Sequence[int]) -> Iterator[Story]:
    for title, standfirst, body in ArticlePage.objects.filter(pk__in=keys).values_list("title", "standfirst", "body"):
        texts = body.stream_block.get_searchable_content(body)
        yield title.split(), WORD.findall(" ".join([title, standfirst, *texts]).casefold())


def questions(stories: Sequence[Story]) -> dict[str, list[str]]:
    counts = Counter(word for _title, words in stories for word in set(words))
    alike = Counter(beginning for _title, words in stories for beginning in {word[:ALIKE] for word in words})
    shares = {word: count / len(stories) for word, count in counts.items()}
    least, most = COMMON
    titles = [title for title, _words in stories]
    pairs = [pair for title in titles for pair in pairwise(title) if all(WORD.fullmatch(word) for word in pair)]
    telling = [word.casefold() for title in titles for word in title if WORD.fullmatch(word)]
    found = {
        "common word": sorted(word for word, share in shares.items() if least <= share <= most),
        "rare word": [word for word in telling if alike[word[:ALIKE]] <= RARE * len(stories)],
        "two words": [" ".join(pair) for pair in pairs],
        "phrase": [f'"{" ".join(pair)}"' for pair in pairs],
        "typo": [mistyped(word) for word in telling if len(word) > TYPED + 2 and word[2] != word[3]],
        SUGGESTIONS: [word[:TYPED] for word in telling],
    }
    return {kind: _spread(list(dict.fromkeys(asked))) for kind, asked in found.items() if asked}


def mistyped(word: str) -> str:
    """The word with its third and fourth letter in the wrong order."""
    return word[:2] + word[3] + word[2] + word[4:]


def _spread(asked: list[str]) -> list[str]:
    return asked[:: max(1, len(asked) // EACH)][:EACH]
