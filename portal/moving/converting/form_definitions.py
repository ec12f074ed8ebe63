"""Reads form definitions: Contact Form 7, WPForms, Gravity Forms, Ninja Forms."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from portal.moving.converting.shortcodes import plain_text
from portal.moving.wordpress.records import Item
from portal.moving.wordpress.values import json_value

# Our field types by the plugins' names for them; any other type becomes a single line of text.
TYPES = {
    "email": "email",
    "email-confirm": "email",
    "textarea": "multiline",
    "paragraph": "multiline",
    "number": "number",
    "quantity": "number",
    "range": "number",
    "url": "url",
    "website": "url",
    "date": "date",
    "select": "dropdown",
    "list": "dropdown",
    "listselect": "dropdown",
    "listmultiselect": "checkboxes",
    "multiselect": "checkboxes",
    "radio": "radio",
    "listradio": "radio",
    "checkbox": "checkboxes",
    "listcheckbox": "checkboxes",
    "acceptance": "checkbox",
    "consent": "checkbox",
    "gdpr-checkbox": "checkbox",
    "terms": "checkbox",
    "hidden": "hidden",
}
# Fields without input, or with input that our forms do not accept.
NO_QUESTION = re.compile(
    r"submit|captcha|hcaptcha|recaptcha|turnstile|quiz|html|section|page|divider|pagebreak|hr|content|honeypot|layout|"
    r"repeater|password|note|spam|image|response|count"
)
FILES = ("file", "file-upload", "file_upload", "fileupload", "signature", "post_image")
# Label suffixes that our forms add themselves.
REQUIRED = re.compile(r"\s*\((?:required|obligatoire|erforderlich|pflichtfeld)\)\s*$", re.I)
CHOOSING = ("dropdown", "radio", "checkboxes")


@dataclass
class FormQuestion:
    label: str
    kind: str = "singleline"
    is_required: bool = False
    choices: list[str] = field(default_factory=list)
    help: str = ""


@dataclass
class FormDefinition:
    """`left_out` names the fields that our forms do not support."""

    questions: list[FormQuestion] = field(default_factory=list)
    button: str = ""
    to: str = ""
    left_out: list[str] = field(default_factory=list)

    def add(self, kind: str, label: str, choices: list[str], *, is_required: bool, help_text: str = "") -> None:
        label = REQUIRED.sub("", plain_text(label)).rstrip(" *:")
        choices = [plain_text(choice) for choice in choices]
        if kind in FILES:
            self.left_out.append(label or kind)
        elif not NO_QUESTION.fullmatch(kind):
            ours = TYPES.get(kind, "singleline")
            if ours in CHOOSING and not choices:
                ours = "singleline"
            elif ours == "checkboxes" and len(choices) == 1:
                ours, label, choices = "checkbox", label or choices[0], []
            choices = choices if ours in CHOOSING else []
            self.questions.append(
                FormQuestion(label or kind.capitalize(), ours, is_required, choices, plain_text(help_text))
            )


def form_of(item: Item) -> FormDefinition | None:
    """The form that an item defines; None without a readable definition."""
    try:
        found = _READERS[item.kind](item) if item.kind in _READERS else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if found is None or not found.questions:
        return None
    found.button = plain_text(found.button)
    return found


_TAG = re.compile(r"\[(?P<kind>[a-z_-]+)(?P<star>\*?)\s+(?P<rest>[^\]]*)\]")
_SUBMIT = re.compile(r"\[submit\b([^\]]*)\]")


def _contact_form_7(item: Item) -> FormDefinition:
    text = item.value("_form")
    form = FormDefinition(to=_address_in(item.value("_mail")))
    if found := _SUBMIT.search(text):
        form.button = next(iter(re.findall(r"[\"']([^\"']*)[\"']", found[1])), "")
    place = 0
    for match in _TAG.finditer(text):
        before, place = text[place : match.start()], match.end()
        quoted = re.findall(r"[\"']([^\"']*)[\"']", match["rest"])
        name = match["rest"].split()[0]
        kind = {"tel": "text", "listbox": "select"}.get(match["kind"], match["kind"])
        if kind == "submit":
            continue
        # The label is the last line of text before the field.
        words = re.sub(r"\[[^\]]*\]", "", re.sub(r"<[^<>]*>", " ", before)).strip().splitlines()
        label = words[-1].strip() if words else name.replace("-", " ").replace("_", " ").capitalize()
        if kind == "acceptance":
            label = re.sub(r"<[^<>]*>", "", text[place : text.find("[/acceptance]", place)]).strip() or label
        form.add(kind, label, quoted if TYPES.get(kind) in CHOOSING else [], is_required=bool(match["star"]))
    return form


def _wpforms(item: Item) -> FormDefinition:
    facts = json_value(item.content)
    settings = facts.get("settings") or {}
    notices = settings.get("notifications") or {}
    notices = list(notices.values()) if isinstance(notices, dict) else notices
    form = FormDefinition(
        button=str(settings.get("submit_text") or ""), to=_address_in(str(notices[0].get("email")) if notices else "")
    )
    fields = facts.get("fields") or {}
    for each in fields.values() if isinstance(fields, dict) else fields:
        given = each.get("choices") or {}
        choices = [str(choice.get("label") or "") for choice in (given.values() if isinstance(given, dict) else given)]
        required = str(each.get("required") or "") == "1"
        form.add(str(each["type"]), str(each.get("label") or ""), choices, is_required=required, help_text=_help(each))
    return form


def _gravity(item: Item) -> FormDefinition:
    facts = json_value(item.content)
    notices = facts.get("notifications") or {}
    notices = list(notices.values()) if isinstance(notices, dict) else notices
    button = facts.get("button") or {}
    form = FormDefinition(
        button=str(button.get("text") or ""), to=_address_in(str(notices[0].get("to")) if notices else "")
    )
    for each in facts["fields"]:
        choices = [str(choice.get("text") or "") for choice in each.get("choices") or []]
        label = str(each.get("checkboxLabel") or each.get("label") or "")
        required = bool(each.get("isRequired"))
        form.add(str(each["type"]), label, choices, is_required=required, help_text=_help(each))
    return form


def _ninja(item: Item) -> FormDefinition:
    facts = json_value(item.content)
    mails = [action for action in facts.get("actions") or [] if action.get("type") == "email"]
    form = FormDefinition(to=_address_in(str(mails[0].get("to")) if mails else ""))
    for each in sorted(facts["fields"], key=lambda each: int(each.get("order") or 0)):
        if each["type"] == "submit":
            form.button = str(each.get("label") or "")
            continue
        choices = [str(choice.get("label") or "") for choice in each.get("options") or []]
        required = str(each.get("required") or "") in ("1", "True")
        form.add(str(each["type"]), str(each.get("label") or ""), choices, is_required=required, help_text=_help(each))
    return form


def _help(facts: dict[str, Any]) -> str:
    return str(facts.get("description") or facts.get("desc_text") or "")


def _address_in(text: str) -> str:
    found = re.search(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text)
    return found[0] if found else ""


_READERS: dict[str, Callable[[Item], FormDefinition]] = {
    "wpcf7_contact_form": _contact_form_7,
    "wpforms": _wpforms,
    "gravity_form": _gravity,
    "ninja_form": _ninja,
}
FORM_KINDS = tuple(_READERS)


def forms_in(facts: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the kind, title and definition of each form in an export of Gravity Forms or Ninja Forms."""
    settings = facts.get("settings")
    if isinstance(facts.get("fields"), list) and isinstance(settings, dict):
        yield "ninja_form", str(settings.get("title") or ""), facts
    for each in facts.values():
        if isinstance(each, dict) and isinstance(each.get("fields"), list) and "title" in each:
            yield "gravity_form", str(each["title"]), each
