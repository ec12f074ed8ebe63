"""Further pages of archives, AMP, `index.php`: forms of WordPress's addresses that need no redirects of their own."""

import re
from collections.abc import Iterator

from portal.content.extension_points import OtherForm

_INDEX = re.compile(r"/index\.php(?=/|$)")
_COPY = re.compile(r"/(?:amp|embed|trackback)/?$")
_FURTHER = re.compile(r"/(?:page/|comment-page-)\d{1,9}/?$")
_QUERY_OF_A_FORM = ("amp", "noamp", "paged", "cpage")


def other_forms(address: str) -> Iterator[OtherForm]:
    """Yield the plain forms of an address; nothing if it is plain itself."""
    path, _mark, query = address.partition("?")
    whole = _COPY.sub("/", _INDEX.sub("", path, count=1))
    plain = _FURTHER.sub("/", whole) or "/"
    parts = query.split("&") if query else []
    kept = [part for part in parts if part.partition("=")[0].lower() not in _QUERY_OF_A_FORM]
    if plain != path and plain != (whole or "/"):
        # Further pages of the front page lead to the list of all stories, but the front page itself does not.
        yield OtherForm(f"{plain}page/2/")
    if kept and (plain != path or kept != parts):
        yield OtherForm(f"{plain}?{'&'.join(kept)}")
    if plain != path:
        yield OtherForm(plain)
