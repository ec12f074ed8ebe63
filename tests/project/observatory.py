"""The HTTP Observatory's published rules (scoring version 4), applied to one response; https://observatory.mozilla.org."""

from http.cookies import Morsel
from typing import Any

BEST_WITHOUT_BONUS = 90
SIX_MONTHS = 15_552_000
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
BROAD = {"*", "http:", "https:", "ftp:"}

# Points by test and outcome; a site starts with 100, and bonuses count from 90 points on.
POINTS = {
    "policy": {"none only": 10, "no unsafe": 5, "unsafe style": 0, "unsafe eval": -10, "unsafe script": -20, "no": -25},
    "cookies": {
        "same site": 5,
        "no": 0,
        "secure": 0,
        "insecure": -20,
        "session readable": -30,
        "session insecure": -40,
    },
    "cross-origin access": {"no": 0, "everybody": -50},
    "referrer": {"private": 5, "no": 0, "leaked": -5},
    "https": {"preloaded": 5, "half a year": 0, "shorter": -10, "no": -20},
    "content type": {"nosniff": 0, "no": -5},
    "frames": {"policy": 5, "header": 5, "no": -20},
    "resource policy": {"own": 10, "no": 0, "everybody": 0},
}


def score(response: Any) -> int:
    """The score of a response as if sent over https; its cookies are the site's only ones."""
    headers = response.headers
    policy = {
        name: set(sources)
        for name, *sources in (part.split() for part in headers.get("Content-Security-Policy", "").split(";") if part)
    }
    outcomes = {
        "policy": _policy(policy),
        "cookies": _cookies(list(response.cookies.values())),
        "cross-origin access": "everybody" if headers.get("Access-Control-Allow-Origin") == "*" else "no",
        "referrer": _referrer(headers.get("Referrer-Policy", "")),
        "https": _https(headers.get("Strict-Transport-Security", "")),
        "content type": "nosniff" if headers.get("X-Content-Type-Options") == "nosniff" else "no",
        "frames": _frames(policy, headers.get("X-Frame-Options", "")),
        "resource policy": _resource_policy(headers.get("Cross-Origin-Resource-Policy", "")),
    }
    points = [POINTS[test][outcome] for test, outcome in outcomes.items()]
    without_bonus = 100 + sum(each for each in points if each < 0)
    return without_bonus + (sum(each for each in points if each > 0) if without_bonus >= BEST_WITHOUT_BONUS else 0)


def _policy(policy: dict[str, set[str]]) -> str:
    if not policy:
        return "no"
    script, style, objects = (
        policy.get(name, policy.get("default-src", {"*"})) for name in ("script-src", "style-src", "object-src")
    )
    # The rules lack it; without this, style attributes would count as none.
    style = style | policy.get("style-src-attr", set())
    if script & {*BROAD, "'unsafe-inline'", "data:"} or objects & BROAD:
        return "unsafe script"
    if "'unsafe-eval'" in script | style:
        return "unsafe eval"
    if style & {*BROAD, "'unsafe-inline'", "data:"}:
        return "unsafe style"
    return "none only" if policy.get("default-src") == {"'none'"} else "no unsafe"


def _cookies(cookies: list[Morsel]) -> str:
    if not cookies:
        return "no"
    sessions = [cookie for cookie in cookies if "sess" in cookie.key or "login" in cookie.key]
    if not all(cookie["secure"] for cookie in sessions):
        return "session insecure"
    if not all(cookie["httponly"] for cookie in sessions):
        return "session readable"
    if not all(cookie["secure"] for cookie in cookies):
        return "insecure"
    return "same site" if all(cookie["samesite"] for cookie in cookies) else "secure"


def _referrer(value: str) -> str:
    if not value:
        return "no"
    return "private" if value.split(",")[-1].strip() in PRIVATE else "leaked"


def _https(value: str) -> str:
    parts = [part.strip().lower() for part in value.split(";")]
    age = next((int(part.removeprefix("max-age=")) for part in parts if part.startswith("max-age=")), 0)
    if not age:
        return "no"
    if age < SIX_MONTHS:
        return "shorter"
    return "preloaded" if {"preload", "includesubdomains"} <= set(parts) else "half a year"


def _frames(policy: dict[str, set[str]], header: str) -> str:
    if "frame-ancestors" in policy:
        return "policy"
    return "header" if header.upper() in ("DENY", "SAMEORIGIN") else "no"


def _resource_policy(value: str) -> str:
    return {"same-origin": "own", "same-site": "own", "cross-origin": "everybody"}.get(value, "no")
