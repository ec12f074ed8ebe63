"""The forms that the stemmers take for other words: plurals, feminines and verbs that change their stem.

Written as folded words, and in German with their umlauts, as each stemmer gets them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import Stemmer

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
# The third person, the past and the participles of strong verbs, which stand for all that has their stem.
_GERMAN_STRONG = """beginnen: begann begonnen; bleiben: blieb geblieben; brechen: bricht brach gebrochen; brennen:
    brannte gebrannt; bringen: bringt brachte gebracht; denken: denkt dachte gedacht; essen: gegessen; fahren: fährt
    fuhr gefahren; fallen: fällt fiel gefallen; finden: fand gefunden; fliegen: fliegt flog geflogen; frieren: fror
    gefroren; geben: gab gegeben; gehen: ging gegangen; gelten: galt gegolten; gewinnen: gewann gewonnen; gießen:
    gießt gegossen; halten: hielt gehalten; heben: hebt hob gehoben; helfen: hilft half geholfen; kennen: kennt
    kannte gekannt; kommen: kommt kam gekommen; laden: lädt lud geladen; lassen: ließ gelassen; laufen: läuft lief
    gelaufen; lesen: liest gelesen; nehmen: nimmt nahm genommen; nennen: nennt nannte genannt; rufen: rief gerufen;
    schaffen: schafft schuf geschaffen; scheiden: schied geschieden; schieben: schiebt schob geschoben; schließen:
    schließt schloss geschlossen; schneiden: geschnitten; schreiben: schreibt schrieb geschrieben; schwimmen: schwamm
    geschwommen; sehen: sieht sah gesehen; singen: singt gesungen; sinken: sinkt sank gesunken; sprechen: spricht
    sprach gesprochen; springen: sprang gesprungen; stehen: steht gestanden; steigen: steigt stieg gestiegen;
    sterben: stirbt starb gestorben; tragen: trägt trug getragen; treffen: trifft traf getroffen; trinken: trinkt
    trank getrunken; verlieren: verlor verloren; wachsen: wächst wuchs gewachsen; werben: wirbt warb geworben;
    werfen: wirft warf geworfen; ziehen: zieht zog gezogen; zwingen: zwang gezwungen"""
# The stems of weak verbs. Those in -ieren need no list.
_GERMAN_WEAK = """antwort arbeit bau bearbeit bebilder bedien begleit behandel beliefer bestell block breit brems dank
    deck dien dräng druck eröffn entwickel erb erleb erreich ergänz erklär erneuer erinner ersetz erwart erweiter förder
    forder folg fräs frag fühl führ füll gestalt glaub gründ handel heiz hoff hol kauf kehr klag kleb klär koch koppel
    kost kühl kümmer kürz lager lehr leist leit lenk lern liefer lös meister meld miet misch nutz öffn ordn pack pfleg
    plan präg prüf putz rechn rechtfertig rett reinig sag sammel schenk schick schütz schul schweiß senk setz sicher
    spar speicher spiel spür stärk start stell steiger steuer stopp stütz tausch teil tränk trenn üb überrasch
    unterstütz veränder veranstalt verdien vereinfach verkauf verlager vermeid verpack verringer verteil verwend wander
    wähl wart wechsel weck wehr weiger weit werk wiederhol wirk wohn wünsch zahl zähl zeichn zeig ziel"""
# Other words with the stem of a form of these verbs: whatever has such a stem keeps it. (Not *Bauten*: it is of *Bau*.)
_GERMAN_LOOKALIKES = """Abgeordnet Abgeordneter Angeklagte Angestellte Bedacht Befund Begabung bekannt Beschnitt
    Bestand Betrug Bewuchs Brache Entnahme Fahrt Fuhre Gabe Gefahr Gefallen Gehalt gelassen Gelehrte Geleit geläufig
    Gewohnheit gewohnt Gewächs lost Luder Riefe Schloss Schober Schulter Schwamm Sparte Sprache Stiege Trank Trug
    Verdacht Vergabe vergangen vergessen verschieden Verschnitt Versicherte Verstand Vorgesetzte Wuchs Zwang"""
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
_STRESSED = """ab an auf aus bei durch ein fort her hin mit nach um unter über vor weg weiter wieder zu zurück
    zusammen"""
# What takes no *ge* behind it. Behind others, the past of a strong verb is a noun: Aufnahmen.
_UNSTRESSED = ["be", "ent", "er", "ver", "zer"]
# After some letters they have an e: gründete, öffnete.
_NEEDS_E = re.compile(r"(?:[dt]|[dfgh]n)$")
# Qualifiziert has the stem of qualifizieren, which is qualifizi; a delegate and a magazine are no verbs.
_GERMAN_IEREN = re.compile(r"(?<=\w\w\wi)(?<!^delegi)(?<!^gevi)(?<!^illustri)ert$")
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


def _strong_forms() -> Iterator[tuple[str, str]]:
    """Forms of strong verbs, alone and behind what may stand before them, each with its infinitive."""
    for form, base in _table(_GERMAN_STRONG).items():
        participle = form.startswith("ge") and form.endswith(("en", "t"))
        endings = ["", "e", "er"] if participle else [""]
        for ending in endings:
            for before in ["", *_UNSTRESSED, *(_STRESSED.split() if participle else [])]:
                yield f"{before}{form}{ending}", f"{before}{base}"
            for before in _UNSTRESSED if participle else []:
                yield f"{before}{form[2:]}{ending}", f"{before}{base}"


def _weak_forms() -> Iterator[tuple[str, str]]:
    for stem in _GERMAN_WEAK.split():
        base = f"{stem}n" if stem.endswith(("el", "er")) else f"{stem}en"
        form = f"{stem}et" if _NEEDS_E.search(stem) else f"{stem}t"
        for ending in ["", "e", "er"]:
            for before in ["", *_UNSTRESSED, *_STRESSED.split()]:
                yield f"{before}{form}{ending}", f"{before}{base}"
            for before in ["", *_STRESSED.split()]:
                yield f"{before}ge{form}{ending}", f"{before}{base}"


@cache
def _german_verbs() -> Mapping[str, str]:
    """The stem of the infinitive by each other stem of a verb that is of no other word."""
    stems = Stemmer.Stemmer("german", 0).stemWords
    forms, bases = (stems(each) for each in zip(*_weak_forms(), *_strong_forms(), strict=True))
    kept = {*bases, *stems(_GERMAN_LOOKALIKES.casefold().split())}
    return {form: base for form, base in zip(forms, bases, strict=True) if form not in kept}


def verb_stem(stem: str) -> str:
    """The stem of the infinitive for that of another form of a German verb, any other stem unchanged.

    Only the stem is looked at, so that words that the stemmer takes for one stay one: geschlossen, geschlossene.
    """
    return _german_verbs().get(stem) or _GERMAN_IEREN.sub("", stem)
