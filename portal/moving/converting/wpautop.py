"""Turns line breaks into paragraphs, as WordPress does with texts of its classic editor.

The steps and their order are those of `wpautop` and `shortcode_unautop` (wp-includes/formatting.php, shortcodes.php).
"""

import re

BLOCKS = (
    "(?:table|thead|tfoot|caption|col|colgroup|tbody|tr|td|th|div|dl|dd|dt|ul|ol|li|pre|form|map|area|blockquote|address|"
    "style|p|h[1-6]|hr|fieldset|legend|section|article|aside|hgroup|header|footer|nav|figure|figcaption|details|menu|"
    "summary|iframe|video|audio)"
)
_PRE = re.compile(r"<pre\b.*?(?:</pre>|\Z)", re.I | re.S)
_TAG = re.compile(r"<(?:!--(?:(?!<!--).)*?-->|[^<>]*>)", re.S)
_RAW = re.compile(r"<(script|style|svg|math)\b", re.I)
_NEWLINE = "\x00"


def wpautop(text: str) -> str:
    if not text.strip():
        return ""
    # The placeholders below consist of these characters. WordPress uses comments.
    text = f"{text}\n".replace("\x00", "").replace("\x01", "").replace("\x02", "")
    verbatim: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        verbatim.append(match[0])
        return f"<pre \x01{len(verbatim) - 1}\x02></pre>"

    text = _PRE.sub(set_aside, text)
    text = re.sub(r"<br\s*/?>\s*<br\s*/?>", "\n\n", text)
    text = re.sub(rf"(<{BLOCKS}[\s/>])", r"\n\n\1", text, flags=re.I)
    text = re.sub(rf"(</{BLOCKS}>)", r"\1\n\n", text, flags=re.I)
    text = re.sub(r"(<hr\s*?/?>)", r"\1\n\n", text, flags=re.I)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # A line break within a tag is not part of the text.
    text = _TAG.sub(lambda match: match[0].replace("\n", _NEWLINE), text)
    text = re.sub(r"(?<!\s)\s*+(<(?:source|track|option)\b)", r"\1", text, flags=re.I)
    text = re.sub(r"\n\n+", "\n\n", text)
    parts = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    text = "".join("<p>" + part.strip("\n") + "</p>\n" for part in parts)
    text = re.sub(r"<p>\s*</p>", "", text)
    text = re.sub(r"<p>([^<]+)</(div|address|form)>", r"<p>\1</p></\2>", text)
    text = re.sub(rf"<p>\s*(</?{BLOCKS}[^<>]*>)\s*</p>", r"\1", text, flags=re.I)
    text = re.sub(r"<p>(<li.+?)</p>", r"\1", text)
    text = re.sub(r"<p><blockquote([^<>]*)>", r"<blockquote\1><p>", text, flags=re.I)
    text = text.replace("</blockquote></p>", "</p></blockquote>")
    text = re.sub(rf"<p>\s*(</?{BLOCKS}[^<>]*>)", r"\1", text, flags=re.I)
    text = re.sub(rf"(</?{BLOCKS}[^<>]*>)\s*</p>", r"\1", text, flags=re.I)
    text = _with_breaks(text)
    text = re.sub(rf"(</?{BLOCKS}[^<>]*>)\s*<br />", r"\1", text, flags=re.I)
    text = re.sub(r"<br />(\s*</?(?:p|li|div|dl|dd|dt|th|pre|td|ul|ol)[^<>]*>)", r"\1", text, flags=re.I)
    text = re.sub(r"\n</p>$", "</p>", text)
    text = text.replace(_NEWLINE, "\n")
    return re.sub(r"<pre \x01(\d+)\x02></pre>", lambda match: verbatim[int(match[1])], text)


def _with_breaks(text: str) -> str:
    text = re.sub(r"<br\s*/?>", "<br />", _with_raw_lines(text), flags=re.I)
    # As in WordPress, after a break with spaces, one space and another break remain.
    spaces = r"(?<![^\S\n])((?<=<br />)[^\S\n]|(?<!<br />))[^\S\n]*+"
    return re.sub(rf"{spaces}\n(?!\Z)", r"\1<br />\n", text)


def _with_raw_lines(text: str) -> str:
    """Lines of scripts and styles are not text."""
    parts: list[str] = []
    # The names without a further closing tag, so that each is searched for only once.
    unclosed: set[str] = set()
    place = 0
    while opening := _RAW.search(text, place):
        name, end = opening[1].lower(), opening.end()
        if name not in unclosed and (closing := re.compile(f"</{name}>", re.I).search(text, end)):
            end = closing.end()
        else:
            unclosed.add(name)
        parts += [text[place : opening.start()], text[opening.start() : end].replace("\n", _NEWLINE)]
        place = end
    return "".join([*parts, text[place:]])
