"""Machine translation with the translator configured for wagtail-localize."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Locale
from wagtail_localize.machine_translators import get_machine_translator
from wagtail_localize.strings import StringValue, extract_strings, restore_strings

from portal.content.publication import PublicationRefusedError


def machine_name() -> str:
    """The name of the machine translator; empty if none is configured."""
    machine = get_machine_translator()
    return str(machine.display_name) if machine else ""


def translate(parts: Sequence[tuple[str, bool]], original: Locale, target: Locale) -> list[str]:
    """Translate pairs of a string and whether it is rich text.

    Raises PublicationRefusedError without a translator.
    """
    machine = get_machine_translator()
    if machine is None or not machine.can_translate(original, target):
        raise PublicationRefusedError(
            _("No machine translation into %(language)s is available.") % {"language": target.get_display_name()}
        )
    split: list[tuple[str, list[tuple[StringValue, dict[str, Any]]]]] = [
        extract_strings(part) if is_rich else ("", [(StringValue.from_plaintext(part), {})]) for part, is_rich in parts
    ]
    strings = dict.fromkeys(string for _template, found in split for string, _attrs in found)
    translations = machine.translate(original, target, list(strings)) if strings else {}
    results = []
    for (_part, is_rich), (template, found) in zip(parts, split, strict=True):
        words = [(translations.get(string) or string, attrs) for string, attrs in found]
        results.append(restore_strings(template, words) if is_rich else words[0][0].render_text())
    return results
