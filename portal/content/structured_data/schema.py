"""Builds schema.org data from plain values."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe

Data = dict[str, Any]

# The JSON escapes of characters that could end a script element, or a line in an older script.
ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


def script(things: Sequence[Data]) -> SafeString:
    """A JSON-LD script element that no value can break out of; empty without things."""
    if not things:
        return mark_safe("")
    document = {"@context": "https://schema.org", "@graph": list(things)}
    text = json.dumps(document, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def thing(kind: str, **facts: Any) -> Data:
    """A thing without empty properties. Dates become ISO 8601 text; the property `id` becomes `@id`."""
    return {"@type": kind, **{_name(name): _plain(value) for name, value in facts.items() if _is_known(value)}}


def reference(identity: str) -> Data:
    return {"@id": identity}


def _name(name: str) -> str:
    return "@id" if name == "id" else name


def _is_known(value: Any) -> bool:
    return value is not None and value != "" and not (isinstance(value, (list, tuple, Mapping)) and not value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value if isinstance(value, (int, float)) else str(value)


def image(url: str, width: int = 0, height: int = 0, caption: str = "", credit: str = "") -> Data:
    return thing("ImageObject", url=url, width=width or None, height=height or None, caption=caption, creditText=credit)


TOWN = re.compile(
    r"(?P<street>.*?)(?:^|[,;\n\s])\s*(?:(?P<land>[A-Z]{1,3})-)?(?P<code>\d{4,5})\s+(?P<town>[^,;\n\d]+)", re.DOTALL
)
COUNTRIES = {"F": "FR", "D": "DE", "L": "LU", "B": "BE", "A": "AT", "CH": "CH", "FR": "FR", "DE": "DE", "LU": "LU"}
# Country names that may be the last line of an address.
COUNTRY_NAMES = {
    **dict.fromkeys(("france", "frankreich"), "FR"),
    **dict.fromkeys(("allemagne", "deutschland", "germany"), "DE"),
    **dict.fromkeys(("luxembourg", "grand-duché de luxembourg", "luxemburg"), "LU"),
    **dict.fromkeys(("belgique", "belgien", "belgium"), "BE"),
    **dict.fromkeys(("suisse", "schweiz", "switzerland"), "CH"),
    **dict.fromkeys(("autriche", "österreich", "austria"), "AT"),
}
COUNTRY_OF_CLOCK = {
    "Europe/Paris": "FR",
    "Europe/Berlin": "DE",
    "Europe/Luxembourg": "LU",
    "Europe/Brussels": "BE",
    "Europe/Zurich": "CH",
    "Europe/Vienna": "AT",
}


def postal_address(text: str, country: str = "") -> Data | None:
    """Split an address into parts as far as possible, such as `12, rue du Canal, 54000 Nancy`; None if it is empty.

    Without a postcode, the whole address is the street. `country` is the default for an address that names none.
    """
    text = text.strip()
    *before, last = re.split(r"[,;\n]", text)
    if before and (named := COUNTRY_NAMES.get(last.strip().lower())):
        text, country = ",".join(before).strip(), named
    if not text:
        return None
    found = TOWN.fullmatch(text)
    if found is None:
        return thing("PostalAddress", streetAddress=" ".join(text.split()), addressCountry=country)
    return thing(
        "PostalAddress",
        streetAddress=" ".join(found["street"].split()).strip(" ,;"),
        postalCode=found["code"],
        addressLocality=found["town"].strip(),
        addressCountry=COUNTRIES.get(found["land"] or "", country),
    )


def web_page(kind: str, url: str, name: str, language: str, home: str, **facts: Any) -> Data:
    return thing(
        kind,
        id=f"{url}#page",
        url=url,
        name=name,
        inLanguage=language,
        isPartOf=reference(f"{home}#website"),
        **facts,
    )


def breadcrumb(url: str, steps: Iterable[tuple[str, str]]) -> Data:
    """The breadcrumb of a page, from the name and URL of each step. The last step is the page itself."""
    items = [
        thing("ListItem", position=number, name=name, item=address) for number, (name, address) in enumerate(steps, 1)
    ]
    return thing("BreadcrumbList", id=f"{url}#breadcrumb", itemListElement=items)


def item_list(entries: Iterable[tuple[str, str]], total: int | None = None) -> Data:
    """The listed pages as title and URL, in order; `total` is the length of the whole list."""
    items = [thing("ListItem", position=number, name=name, url=url) for number, (name, url) in enumerate(entries, 1)]
    return thing("ItemList", numberOfItems=len(items) if total is None else total, itemListElement=items)
