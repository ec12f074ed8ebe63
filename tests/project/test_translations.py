"""The interface is completely translated into all of its languages."""

import re
from collections import defaultdict
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings

from portal.platform.typography import typeset
from tests.checkers.messages import messages_of_code, messages_of_templates

FOLDER = Path(settings.LOCALE_PATHS[0])
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
# Strings of one or two words that several packages share, with these packages. Their translations fit all of these
# places.
SHARED_WORDS = Path(__file__).with_name("shared_words.tsv")
# Strings of Wagtail that we translate differently, also in its own screens: same meaning, better wording.
WORDED_OTHERWISE = {
    *("%(time_period)s ago", "0 minutes", "account", "Add %(label)s", "All", "Approve with comment", "Breadcrumb"),
    *("Choose another", "Dashboard", "document", "Go back", "Home", "just now", "Live version", "Next", "Permanent"),
    *(
        "Please upload a valid PO file.",
        "Preview",
        "Previous",
        "Published",
        "Redirects",
        "Save",
        "Saving…",
        "Select all",
    ),
    *(
        "Request to edit %(model_name)s was blocked by hook.",
        "Save your changes before leaving",
        "Sign in",
        "site",
        "Site",
    ),
    *(
        "Sites",
        "slug",
        "tags",
        "The page could not be saved as it is locked.",
        "Timeline",
        "Translations",
        "View details",
    ),
    # In Wagtail it is the hidden heading of the list of shortcuts.
    "Section",
}
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]


@pytest.fixture(params=LANGUAGES)
def catalogue(request):
    return polib.pofile(str(FOLDER / request.param / "LC_MESSAGES" / "django.po"))


def test_every_string_is_translated_and_none_is_fuzzy(catalogue):
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_placeholders_survive_translation(catalogue):
    wrong = []
    for entry in catalogue:
        if entry.obsolete:
            continue
        texts = [entry.msgstr, *entry.msgstr_plural.values()]
        wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
        wrong += [entry.msgid for text in texts if text and not set(PLACEHOLDER.findall(text)) <= wanted]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_strings_are_typeset_for_their_language(language):
    """A line never begins with a colon, and never ends with an opening quotation mark."""
    files = [file for folder in settings.LOCALE_PATHS for file in Path(folder).glob(f"{language}/LC_MESSAGES/*.po")]
    texts = [
        text
        for file in files
        for entry in polib.pofile(str(file))
        for text in (entry.msgstr, *entry.msgstr_plural.values())
    ]

    assert [text for text in texts if typeset(text, language) != text] == []


def test_compiled_catalogue_is_up_to_date(catalogue):
    compiled = polib.mofile(catalogue.fpath.replace(".po", ".mo"))
    assert {(entry.msgctxt, entry.msgid): entry.msgstr for entry in compiled} == {
        (entry.msgctxt, entry.msgid): entry.msgstr for entry in catalogue.translated_entries()
    }


def package_of(path: Path) -> str:
    """The app, or the package of `portal`, that a file belongs to."""
    parts = path.relative_to(settings.BASE_DIR).parts
    package = "/".join(parts[:2]) if parts[0] == "portal" and len(parts) > 2 else parts[0]
    return package.replace("portal/templates", "portal/content")


def test_shared_short_string_has_one_meaning():
    """One string has one translation. If a language needs two, add a context (`pgettext`); otherwise list the string."""
    rooms = defaultdict(set)
    for (context, text), path in (*messages_of_code(), *messages_of_templates()):
        if context is None and len(text.split()) <= 2:
            rooms[text].add(package_of(path))
    shared = {text: names for text, names in rooms.items() if len(names) > 1}
    reviewed = {
        text: set(names.split()) for text, names in (line.split("\t") for line in SHARED_WORDS.read_text().splitlines())
    }

    assert {text: names for text, names in shared.items() if not names <= reviewed.get(text, set())} == {}
    assert reviewed.keys() - shared.keys() == set()


def test_strings_shared_with_wagtail_have_its_meaning(catalogue):
    """Django searches our catalogue first, so our translation appears in Wagtail's screens as well."""
    ours = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in catalogue.translated_entries()}
    language = Path(catalogue.fpath).parts[-3]
    otherwise = set()
    for app in apps.get_app_configs():
        file = Path(app.path) / "locale" / language / "LC_MESSAGES" / "django.mo"
        if app.name.startswith("wagtail") and file.exists():
            theirs = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in polib.mofile(str(file))}
            otherwise |= {key[1] for key in ours.keys() & theirs.keys() if ours[key] != theirs[key]}

    assert otherwise - WORDED_OTHERWISE == set()


@pytest.mark.parametrize("collect", [messages_of_code, messages_of_templates])
def test_catalogue_holds_every_string_that_people_read(catalogue, collect):
    """This includes emails in MJML, which translation tools do not parse."""
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete and entry.translated()}

    missing = {key: path.name for key, path in collect() if key not in known}

    assert missing == {}


def test_strings_of_every_kind_of_template_are_collected():
    kinds = {path.suffix for _key, path in messages_of_templates()}

    assert {".html", ".txt", ".mjml"} <= kinds
    assert "All issues" in {text for (_context, text), path in messages_of_templates() if path.suffix == ".mjml"}
