"""What the name of a browser tells: whether it is a browser at all, and on what kind of device. Plain values."""

DESKTOP, PHONE, TABLET = "desktop", "phone", "tablet"
# Words of programs that say what they are. Nearly all give an address (`+http://…`), which no browser does.
ROBOT_WORDS = (
    "bot",
    "http",
    "crawl",
    "spider",
    "slurp",
    "headless",
    "lighthouse",
    "preview",
    "monitor",
    "scan",
    "archive",
    "phantomjs",
    "electron",
    "validator",
)
# Phones of this maker are named so.
NO_ROBOT = "cubot"


def is_robot(name: str, accept: str, languages: str) -> bool:
    """Whether a request says of itself that nobody reads its answer.

    Every browser begins its name with `Mozilla/` (or `Opera/`), says its reader's languages and asks for HTML by name.
    """
    if not languages or "text/html" not in accept or not name.startswith(("Mozilla/", "Opera/")):
        return True
    lower = name.lower().replace(NO_ROBOT, "")
    return any(word in lower for word in ROBOT_WORDS)


def device_of(name: str) -> str:
    """A phone, a tablet or a desktop; an iPad says that it is a Mac, and so is a desktop here."""
    if "iPad" in name or "Tablet" in name or ("Android" in name and "Mobile" not in name):
        return TABLET
    return PHONE if "Mobi" in name or "iPhone" in name else DESKTOP
