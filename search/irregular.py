"""The forms that the stemmers take for other words: plurals, feminines and verbs that change their stem.

Written as folded words, and in German with their umlauts, as each stemmer gets them.
"""

import re
from collections.abc import Callable

# A base form, a colon and its other forms: of a German strong verb those that are no nouns as well (*Wiesen*).
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
_GERMAN_STRONG = """beginnen: begann begannen begonnen; bleiben: blieb blieben geblieben; brechen: bricht brach
    brachen gebrochen; brennen: brannte brannten gebrannt; bringen: bringt brachte brachten gebracht; denken: denkt
    dachte dachten gedacht; essen: gegessen; fahren: fährt fuhr fuhren gefahren; fallen: fällt fiel fielen gefallen;
    finden: findet fand fanden gefunden; fliegen: fliegt flog flogen geflogen; frieren: fror froren gefroren; geben:
    gab gegeben; gehen: ging gingen gegangen; gelten: galt galten gegolten; gewinnen: gewann gewannen gewonnen;
    gießen: gießt gegossen; halten: hält hielt hielten gehalten; heben: hebt hob hoben gehoben; helfen: hilft half
    halfen geholfen; kennen: kennt kannte kannten gekannt; kommen: kommt kam kamen gekommen; laden: lädt lud luden
    geladen; lassen: ließ ließen gelassen; laufen: läuft lief liefen gelaufen; lesen: liest gelesen; nehmen: nimmt
    nahm nahmen genommen; nennen: nennt nannte nannten genannt; rufen: ruft rief riefen gerufen; schaffen: schafft
    schuf schufen geschaffen; scheiden: schied schieden geschieden; schieben: schiebt schob schoben geschoben;
    schließen: schließt schlossen geschlossen; schneiden: geschnitten; schreiben: schreibt schrieb schrieben
    geschrieben; schwimmen: schwamm schwammen geschwommen; sehen: sieht sah sahen gesehen; singen: singt gesungen;
    sinken: sinkt sank sanken gesunken; sprechen: spricht sprach gesprochen; springen: sprang sprangen gesprungen;
    stehen: steht gestanden; steigen: steigt stieg stiegen gestiegen; sterben: stirbt starb starben gestorben;
    tragen: trägt trug trugen getragen; treffen: trifft traf trafen getroffen; trinken: trinkt trank tranken
    getrunken; verlieren: verlor verloren; wachsen: wächst wuchs wuchsen gewachsen; werben: wirbt warb geworben;
    werfen: wirft warf warfen geworfen; ziehen: zieht zog zogen gezogen; zwingen: zwang zwangen gezwungen"""
# The stems of weak verbs whose forms are no nouns (*Macht*, *Sucht*). Those in -ieren need no list.
_GERMAN_WEAK = """arbeit änder antwort bau bearbeit bedien begleit behandel beliefer berat bereit bestell bilder
    block breit brems dank deck dien dräng druck eröffn entwickel erb erleb erreich ergänz erklär erneuer erinner
    errich erricht ersetz erwart erweiter förder forder folg fräs frag fühl führ füll gestalt glaub gründ handel
    heiz hoff hol kauf kehr klag kleb klär kontroll koch koppel kost kühl kümmer kürz lager lehr leist leit lenk
    lern liefer lös meister meld miet misch montier nutz öffn ordn pack passier pfleg plan präg prüf putz rechn
    rechtfertig rett reinig sag sammel schenk schick schütz schul schweiß senk setz sicher spar speicher spiel spür
    stärk start stell steiger steuer stopp stütz tausch teil tränk trenn üb überrasch unterstütz veranstalt verdien
    vereinfach verkauf verlager vermeid verpack verringer verteil verwend wander wähl wart wechsel weck wehr weiger
    weit werk wiederhol wirk wohn wünsch zahl zähl zeichn zeig ziel"""
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
_PREFIX = "ab|an|auf|aus|bei|durch|ein|fort|her|hin|mit|nach|um|unter|über|vor|weg|weiter|wieder|zu|zurück|zusammen"
# What takes no *ge* behind it. Behind others, the past of a strong verb is a noun: Aufnahmen.
_UNSTRESSED = "be|ent|er|ver|zer"
# Other words than the verbs that they look like.
_NO_VERBS = frozenset(["bekannt", "bekannte", "bekannten", "verdacht", "vergangen", "verschieden"])
_STEMS = "|".join(sorted(_GERMAN_WEAK.split(), key=len, reverse=True))
# After some letters they have an e: gründete, öffnete; but not planet.
_WEAK_ENDING = r"(?:(?:(?<=[dt])|(?<=[dfgh]n))et|(?<!t)t)(?:e[nt]?|est)?"
_GERMAN_PAST = re.compile(rf"((?:{_PREFIX}|{_UNSTRESSED})?)(?:ge)?({_STEMS}){_WEAK_ENDING}")
_GERMAN_IEREN = re.compile(r"(?<=\w\w\wier)t(?:e[nt]?|est)?$")
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


def _german_verbs() -> dict[str, str]:
    """The base of each strong form, alone and behind what may stand before it."""
    found: dict[str, str] = {}
    for form, base in _table(_GERMAN_STRONG).items():
        found |= {before + form: before + base for before in ("", *_UNSTRESSED.split("|"))}
        if form.startswith("ge"):
            found |= {before + form: before + base for before in _PREFIX.split("|")}
            found |= {before + form[2:]: before + base for before in _UNSTRESSED.split("|")}
    return {form: base for form, base in found.items() if form not in _NO_VERBS}


_GERMAN_BASES = _german_verbs()


def _german(word: str) -> str:
    if base := _GERMAN_BASES.get(word):
        return base
    if found := _GERMAN_PAST.fullmatch(word):
        before, stem = found.groups()
        return f"{before}{stem}{'n' if stem.endswith(('el', 'er')) else 'en'}"
    word = _GERMAN_IEREN.sub("en", word)
    word = _GERMAN.sub(lambda ending: _GERMAN_ENDINGS[ending[0]], word)
    return _GERMAN_FEMININE.sub(r"\1", word)


_REGULAR: dict[str, Callable[[str], str]] = {"fr": _french, "en": _english, "de": _german}


def regular(word: str, language: str) -> str:
    """The base form of an irregular form, any other word unchanged."""
    return _REGULAR[language](word) if language in _REGULAR else word
