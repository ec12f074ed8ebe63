"""Whether a user agent is a browser, and on which kind of device. Plain values."""

import re

DESKTOP, PHONE, TABLET = "desktop", "phone", "tablet"
# Words in the names of robots. Nearly all contain an address (`+http://…`), which no browser does.
# “Cubot” is a maker of phones.
ROBOT = re.compile(
    "(?<!cu)bot|http|crawl|spider|slurp|headless|lighthouse|preview|monitor|scan|archive|phantomjs|electron|validator"
)


def is_robot(name: str, accept: str, languages: str) -> bool:
    """Whether the headers of a request are not those of a browser.

    The name of every browser begins with `Mozilla/` (or `Opera/`); browsers send languages and accept HTML by name.
    """
    if not languages or "text/html" not in accept or not name.startswith(("Mozilla/", "Opera/")):
        return True
    return ROBOT.search(name.lower()) is not None


def device_of(name: str) -> str:
    """A phone, a tablet or a desktop; an iPad says that it is a Mac, and so is a desktop here."""
    if "iPad" in name or "Tablet" in name or ("Android" in name and "Mobile" not in name):
        return TABLET
    return PHONE if "Mobi" in name or "iPhone" in name else DESKTOP
