"""The forms that the stemmers take for other words: plurals, feminines and verbs that change their stem.

Written as folded words, and in German with their umlauts, as each stemmer gets them.
"""

import re
from collections.abc import Callable

# A base form, a colon and its other forms.
_FORMS = {
    "fr": """oeil: yeux; ciel: cieux; aieul: aieux; travail: travaux; bail: baux; vitrail: vitraux; corail: coraux;
        email: emaux; soupirail: soupiraux; vantail: vantaux; ventail: ventaux; jeu: jeux; enjeu: enjeux; lieu: lieux;
        milieu: milieux; feu: feux; voeu: voeux; neveu: neveux; cheveu: cheveux; essieu: essieux; moyeu: moyeux;
        pieu: pieux; aveu: aveux; adieu: adieux; dieu: dieux; epieu: epieux; monsieur: messieurs; madame: mesdames;
        mademoiselle: mesdemoiselles; beau: bel belle belles; nouveau: nouvel nouvelle nouvelles;
        vieux: vieil vieille vieilles; blanc: blanche blanches; franc: franche franches; sec: seche seches;
        frais: fraiche fraiches; long: longue longues; doux: douce douces; faux: fausse fausses; roux: rousse rousses;
        fou: folle folles; mou: molle molles; public: publique publiques; turc: turque turques; grec: grecque grecques;
        neuf: neuve neuves; vif: vive vives; bref: breve breves; favori: favorite favorites; malin: maligne malignes""",
    "en": """child: children; foot: feet; goose: geese; man: men; mouse: mice; louse: lice; ox: oxen; tooth: teeth;
        woman: women; person: people; life: lives; knife: knives; wife: wives; leaf: leaves; loaf: loaves; half: halves;
        shelf: shelves; thief: thieves; wolf: wolves; calf: calves; hoof: hooves; scarf: scarves; self: selves;
        analysis: analyses; crisis: crises; thesis: theses; diagnosis: diagnoses; oasis: oases;
        hypothesis: hypotheses; synthesis: syntheses; criterion: criteria; phenomenon: phenomena;
        bacterium: bacteria; curriculum: curricula; matrix: matrices; vertex: vertices; appendix: appendices;
        index: indices; fungus: fungi; nucleus: nuclei; cactus: cacti; stimulus: stimuli; penny: pence;
        build: built; rebuild: rebuilt; sell: sold; buy: bought; grow: grew grown; make: made; teach: taught;
        write: wrote written; win: won; lose: lost; keep: kept; send: sent; spend: spent; lend: lent; bring: brought;
        think: thought; speak: spoke spoken; drive: drove driven; choose: chose chosen; break: broke broken;
        begin: began begun; run: ran; swim: swam swum; sing: sang sung; give: gave given; take: took taken;
        know: knew known; throw: threw thrown; fly: flew flown; draw: drew drawn; wear: wore worn; steal: stole stolen;
        eat: ate eaten; fall: fell fallen; rise: risen; ride: rode ridden; hide: hid hidden; tell: told;
        hold: held; pay: paid; meet: met; feed: fed; sleep: slept; catch: caught; fight: fought;
        seek: sought; sit: sat; stand: stood; understand: understood; forget: forgot forgotten; shake: shook shaken;
        weave: wove woven; freeze: froze frozen; sew: sewn; sow: sown; show: shown; dig: dug; strike: struck;
        swear: swore sworn; tear: torn; wake: woke woken""",
}
# Endings of German words, the longest first, so that compounds with them are meant as well.
_GERMAN_ENDINGS = {
    "leute": "mann",
    "leuten": "mann",
    "museen": "museum",
    "zentren": "zentrum",
    "themen": "thema",
    "firmen": "firma",
    "konten": "konto",
    "risiken": "risiko",
    "praktika": "praktikum",
    "stipendien": "stipendium",
    "gymnasien": "gymnasium",
    "ministerien": "ministerium",
    "jubiläen": "jubiläum",
    "studien": "studium",
    "kriterien": "kriterium",
    "gremien": "gremium",
    "laboratorien": "laboratorium",
    "villen": "villa",
    "pizzen": "pizza",
    "globen": "globus",
    "kakteen": "kaktus",
    "atlanten": "atlas",
    "lexika": "lexikon",
    "viren": "virus",
    "dramen": "drama",
    "büros": "büro",
    "buros": "büro",
    "bueros": "büro",
    "autos": "auto",
    "fotos": "foto",
    "videos": "video",
    "kinos": "kino",
    "radios": "radio",
    "logos": "logo",
    "silos": "silo",
    "studios": "studio",
    "casinos": "casino",
    "kameras": "kamera",
    "sofas": "sofa",
    "taxis": "taxi",
    "partys": "party",
    "hobbys": "hobby",
    "handys": "handy",
    "babys": "baby",
    "ärztin": "arzt",
    "ärztinnen": "arzt",
    "köchin": "koch",
    "köchinnen": "koch",
    "kollegin": "kollege",
    "kolleginnen": "kollege",
}
_GERMAN = re.compile(rf"(?:{'|'.join(sorted(_GERMAN_ENDINGS, key=len, reverse=True))})$")
# Snowball drops -in and -innen after -er; these others it keeps apart: Studentin, Student.
_GERMAN_FEMININE = re.compile(r"(?<=\w\w)(ent|ant|ist|eur|and)in(?:nen)?$")
_ENGLISH_MEN = re.compile(r"(?<=\w\w)(?<!speci)(?<!regi)(?<!abdo)men$")
# Directrice, directeur; “matrice” and “cicatrice” are no persons.
_FRENCH_TRICE = re.compile(r"(?<=\w\w)(?<!^ma)(?<!cica)trices?$")


def _table(text: str) -> dict[str, str]:
    groups = (group.split(":") for group in text.split(";"))
    return {form: base.strip() for base, forms in groups for form in forms.split()}


_BASES = {language: _table(text) for language, text in _FORMS.items()}


def _french(word: str) -> str:
    return _BASES["fr"].get(word) or _FRENCH_TRICE.sub("teur", word)


def _english(word: str) -> str:
    return _BASES["en"].get(word) or _ENGLISH_MEN.sub("man", word)


def _german(word: str) -> str:
    word = _GERMAN.sub(lambda ending: _GERMAN_ENDINGS[ending[0]], word)
    return _GERMAN_FEMININE.sub(r"\1", word)


_REGULAR: dict[str, Callable[[str], str]] = {"fr": _french, "en": _english, "de": _german}


def regular(word: str, language: str) -> str:
    """The base form of an irregular form, any other word unchanged."""
    return _REGULAR[language](word) if language in _REGULAR else word
