"""Pasting into the text editor: the scripts in editorial/paste/ and their messages."""

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, npgettext, override, pgettext
from wagtail import hooks

from portal.platform.tracking import TRACKING

# In dependency order.
SCRIPTS = (
    *("addresses", "marks", "lines", "footnotes", "pictures", "tables", "reading"),
    *("inserting", "notice", "paste"),
)


@hooks.register("insert_editor_js")
def paste_scripts() -> SafeString:
    scripts = ((static(f"editorial/paste/{name}.js"),) for name in SCRIPTS)
    tags = format_html_join("", '<script type="module" src="{}"></script>', scripts)
    return json_script(_words(), "paste-words") + tags


def _words() -> dict[str, object]:
    return {
        "tracking": TRACKING.pattern,
        "store": reverse("store_picture"),
        "name": _("What was pasted"),
        "pasted": _("Your text was pasted."),
        "pastedWith": _("Your text was pasted, with {counts}."),
        "nothing": _("Nothing was pasted."),
        "counts": {
            "heading": [npgettext("pasted", "{number} heading", "{number} headings", n) for n in (1, 2)],
            "table": [npgettext("pasted", "{number} table", "{number} tables", n) for n in (1, 2)],
            "quote": [npgettext("pasted", "{number} quote", "{number} quotes", n) for n in (1, 2)],
            "notes": [npgettext("pasted", "{number} footnote", "{number} footnotes", n) for n in (1, 2)],
        },
        "quoted": pgettext("pasted", "“{text}”"),
        "caption": _("Give each table a title that says what it shows."),
        "leftOut": {
            "struck": _("Not pasted, because it was crossed out: {details}"),
            "comments": _("Comments that were not pasted: {number}"),
            "contents": _("The table of contents was not pasted: readers get one made from the headings."),
            "links": _("These links led nowhere and are now plain text: {details}"),
            "plainLinks": _("Links were removed here, because headings, tables and quotes cannot have any: {details}"),
            "references": _("Footnotes that the other program did not copy: {details}"),
            "bigTables": _("Too large for a table, so it is now plain text: {details}"),
            "remote": _("Pictures on other websites. Download those that you may use, then add them here: {details}"),
            "unreachable": _(
                "Pictures that could not be copied. Save them in the other program, then add them here: {details}"
            ),
            "noPlace": _("Pictures cannot be added in this field: {details}"),
            "tooLong": _("This text is too long to paste at once. Paste it in parts."),
        },
        "pictures": _("Pictures that can be added: {number}."),
        "picture": pgettext("pasted", "Picture"),
        "add": _("Add pictures ({number})"),
        "undo": _("Undo pasting"),
        "close": pgettext("pasted", "Close"),
        "undone": _("The pasted text was removed again."),
        "changed": _("The text has been changed since, so it stays."),
        "progress": _("{number} of {all}: {name}"),
        "done": _("Pictures added: {number} of {all}. Describe each one for people who cannot see it."),
        "refused": _("{name}: {reason}"),
        "failed": _("It could not be sent. Please try again."),
        "forbidden": _("You may not add pictures here, or you are signed out."),
        "notes": {code: _in(code) for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES},
    }


def _in(language: str) -> str:
    """The heading above footnotes in a page's language."""
    with override(language):
        return pgettext("heading above footnotes", "Notes")
