"""Generates meaningless text with a natural distribution of words, names and sentence lengths."""

from random import Random

from tests.bench.bulk.vocabulary import Vocabulary, compound

MAX_TITLE_LENGTH = 110
MAX_STANDFIRST_LENGTH = 380


def _lengths(mean: float, deviation: float, minimum: int, maximum: int) -> list[int]:
    """Log-normally distributed lengths to draw from, always the same."""
    chance = Random(f"lengths:{mean}")
    return [min(maximum, max(minimum, round(chance.lognormvariate(mean, deviation)))) for _ in range(4096)]


SENTENCE = _lengths(2.7, 0.45, 4, 42)
PARAGRAPH = _lengths(1.25, 0.4, 1, 8)


class TextWriter:
    """The same seed of `chance` gives the same text."""

    def __init__(self, vocabulary: Vocabulary, chance: Random):
        self.vocabulary = vocabulary
        self.chance = chance

    def words(self, count: int) -> str:
        """Content words for a heading or a label."""
        text = " ".join(self.chance.choices(self.vocabulary.content_words, k=count))
        return text[0].upper() + text[1:]

    def title(self) -> str:
        chance = self.chance
        words = chance.choices(self.vocabulary.content_words, k=chance.randint(3, 6))
        words += chance.choices(self.vocabulary.all_words, k=chance.randint(1, 4))
        chance.shuffle(words)
        if chance.random() < 0.3:
            words.insert(0, self.name())
        text = " ".join(words)
        return (text[0].upper() + text[1:])[:MAX_TITLE_LENGTH].rstrip()

    def sentence(self) -> str:
        chance = self.chance
        words = chance.choices(self.vocabulary.all_words, k=chance.choice(SENTENCE))
        lot = chance.random()
        if lot < 0.12:
            words[len(words) // 2] = self.name()
        elif lot < 0.2:
            words[-1] = str(chance.randrange(2, 10) ** chance.randrange(1, 6))
        elif lot < 0.24 and self.vocabulary.compounds:
            words[-1] = self.compound()
        if len(words) > 12:
            words[len(words) // 2 - 1] += ","
        text = " ".join(words)
        return f"{text[0].upper()}{text[1:]}."

    def sentences(self, count: int) -> str:
        return " ".join([self.sentence() for _ in range(count)])

    def standfirst(self) -> str:
        return self.sentences(self.chance.randint(1, 3))[:MAX_STANDFIRST_LENGTH].rstrip()

    def paragraphs(self, count: int) -> str:
        """Rich text, without links."""
        return "".join([f"<p>{self.sentences(self.chance.choice(PARAGRAPH))}</p>" for _ in range(count)])

    def name(self) -> str:
        """A name that is rare in other texts."""
        parts = self.chance.choices(self.vocabulary.syllables, k=2 if self.chance.random() < 0.35 else 3)
        return "".join(parts).capitalize()

    def compound(self) -> str:
        return compound(*self.chance.choices(self.vocabulary.compounds, k=2))

    def person(self) -> str:
        return f"{self.name()} {self.name()}"

    def figure(self) -> str:
        """A number with a unit, as in key figures."""
        chance = self.chance
        return f"{chance.randrange(1, 100)}{chance.choice([' %', ' M€', ' ha', ' km', '', ' 000'])}"
