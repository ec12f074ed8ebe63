"""The interface speaks all of its languages, completely."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from tests.messages import messages_of_code, messages_of_templates

FOLDER = Path(settings.LOCALE_PATHS[0])
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]


@pytest.fixture(params=LANGUAGES)
def catalogue(request):
    return polib.pofile(str(FOLDER / request.param / "LC_MESSAGES" / "django.po"))


def test_every_string_is_translated_and_none_is_doubtful(catalogue):
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


def test_compiled_catalogue_is_in_step(catalogue):
    compiled = polib.mofile(catalogue.fpath.replace(".po", ".mo"))
    assert {(entry.msgctxt, entry.msgid): entry.msgstr for entry in compiled} == {
        (entry.msgctxt, entry.msgid): entry.msgstr for entry in catalogue.translated_entries()
    }


@pytest.mark.parametrize("collect", [messages_of_code, messages_of_templates])
def test_catalogue_holds_every_string_that_people_read(catalogue, collect):
    """Of mails in MJML too, which no tool for translators reads by itself."""
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete and entry.translated()}

    missing = {key: path.name for key, path in collect() if key not in known}

    assert missing == {}


def test_strings_of_every_kind_of_template_are_collected():
    kinds = {path.suffix for _key, path in messages_of_templates()}

    assert {".html", ".txt", ".mjml"} <= kinds
    assert "All issues" in {text for (_context, text), path in messages_of_templates() if path.suffix == ".mjml"}
