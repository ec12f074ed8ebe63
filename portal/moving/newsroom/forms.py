"""The import forms: the file, and the mapping of its terms."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.models import Locale, Site

from portal.content.kinds import label_of
from portal.editorial.sign_in.encryption import encrypt
from portal.editorial.site_admin.scope import sites_administered
from portal.moving.models import ImportRun
from portal.moving.planning.mapping import KindRule, Mapping, mapping_of
from portal.moving.running import story_kinds
from portal.platform.zones import time_zones

# The proxies in deploy/ accept the same size.
MOST_MEGABYTES = 60
MOST_BYTES = MOST_MEGABYTES * 1_000_000
LONGEST_NAME = 80
SECTION, TOPIC, NOTHING = "section", "topic", ""


def too_large() -> str:
    sentence = _("The file is larger than %(most)d MB. The command import_wordpress takes larger ones.")
    return sentence % {"most": MOST_MEGABYTES}


def editions_of(user: Any) -> list[tuple[str, str]]:
    """The editions of the sites that the user administers: pairs of site and language keys, with their names."""
    found = []
    for site in sites_administered(user).select_related("root_page").order_by("site_name", "pk"):
        for home in site.root_page.get_translations(inclusive=True).select_related("locale").order_by("path"):
            name = f"{site.site_name or site.hostname} – {home.locale.get_display_name()}"
            found.append((f"{site.pk}-{home.locale_id}", name))
    return found


def focus_first_error(form: forms.Form) -> None:
    """Set the browser's focus on the first field with an error."""
    for name, field in form.fields.items():
        if name in form.errors:
            field.widget.attrs["autofocus"] = True
            return


class SourceForm(forms.Form):
    edition = forms.ChoiceField(label=gettext_lazy("Site and language"))
    file = forms.FileField(
        label=gettext_lazy("Export"),
        required=False,
        help_text=gettext_lazy(
            "From WordPress: Tools → Export → All content; several files come in one zip. Also taken: the export of "
            "Ghost, feeds (RSS, Atom, JSON Feed), and a spreadsheet of articles. At most %(most)d MB: the command "
            "import_wordpress brings larger ones."
        ),
        max_length=200,
        widget=forms.FileInput(attrs={"data-most-bytes": MOST_BYTES}),
    )
    address = forms.URLField(
        label=gettext_lazy("Address of the old site"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy(
            "Without a file, the running WordPress is read there by its REST API. With a file, only Ghost and "
            "spreadsheets need it."
        ),
    )
    username = forms.CharField(
        label=gettext_lazy("User there"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Only for drafts, private posts and menus."),
    )
    password = forms.CharField(
        label=gettext_lazy("Application password there"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "From the profile of that user, not the one to sign in. It is forgotten once the site has been read."
        ),
    )

    with_revisions = forms.BooleanField(
        label=gettext_lazy("Earlier versions, too"),
        required=False,
        help_text=gettext_lazy(
            "They stand in the history of each new page. A running site sends them only to that user, by a request for "
            "each text; exports of WordPress do not have them."
        ),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["edition"].choices = editions_of(user)
        fields["file"].help_text %= {"most": MOST_MEGABYTES}
        fields["file"].widget.attrs["data-too-large"] = too_large()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise ValidationError(too_large())
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("file") and not cleaned.get("address"):
            self.add_error("file", _("Choose a file, or enter an address."))
        if bool(cleaned.get("username")) != bool(cleaned.get("password")):
            self.add_error("password", _("User and application password belong together."))
        elif cleaned.get("password") and not cleaned.get("address", "").startswith("https://"):
            self.add_error("address", _("A password is only sent to an address that begins with https."))
        return cleaned

    def run(self) -> ImportRun:
        """The run, not stored yet."""
        cleaned = self.cleaned_data
        site, locale = cleaned["edition"].split("-")
        run = ImportRun(site=Site.objects.get(pk=site), locale=Locale.objects.get(pk=locale))
        run.origin = run.address = cleaned["address"]
        run.with_revisions = cleaned["with_revisions"]
        if cleaned["file"]:
            run.file, run.origin = cleaned["file"], cleaned["file"].name[:500]
        else:
            run.secret = encrypt(f"{cleaned['username']}:{cleaned['password']}") if cleaned["username"] else ""
        return run


class MappingForm(forms.Form):
    """The mapping of an export's terms: a choice and a name for each, and the options for the whole import."""

    default_section = forms.CharField(
        label=gettext_lazy("Section of all others"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("For stories in none of the categories that become a section."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone of the old site"))
    uploads = forms.URLField(
        label=gettext_lazy("Address of the old uploads"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Only if they are no longer where the export says."),
    )
    is_live = forms.TypedChoiceField(
        label=gettext_lazy("What was published there"),
        choices=[
            ("", gettext_lazy("comes as drafts, which wait for a review")),
            ("yes", gettext_lazy("is published at once, WITHOUT A REVIEW")),
        ],
        coerce=lambda value: value == "yes",
        required=False,
        widget=forms.RadioSelect,
    )
    is_certain = forms.BooleanField(
        label=gettext_lazy("Yes, publish these texts at once, although nobody here has read them."),
        required=False,
        help_text=gettext_lazy("Needed only without a review. The history says who chose it."),
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any):
        self.mapping = mapping_of(run.mapping)
        self.terms: list[tuple[str, str, int]] = [tuple(term) for term in run.facts.get("terms", [])]
        initial = {"default_section": self.mapping.default_section, "time_zone": self.mapping.time_zone}
        kwargs["initial"] = {**initial, "uploads": run.media, "is_live": "yes" if run.is_live else ""}
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["time_zone"].choices = time_zones()
        for number, (key, name, _count) in enumerate(self.terms):
            choice, chosen = _chosen(self.mapping, key)
            fields[f"becomes-{number}"] = forms.ChoiceField(
                label=_("What “%(term)s” becomes") % {"term": name},
                choices=_choices(key),
                required=False,
                initial=choice,
            )
            fields[f"name-{number}"] = forms.CharField(
                label=_("Name here of “%(term)s”") % {"term": name},
                max_length=LONGEST_NAME,
                required=False,
                initial=chosen or name[:LONGEST_NAME],
            )

    def rows(self) -> Iterator[tuple[str, int, Any, Any]]:
        """The name of each term, its number of posts, and its two fields."""
        for number, (_key, name, count) in enumerate(self.terms):
            yield name, count, self[f"becomes-{number}"], self[f"name-{number}"]

    def others(self) -> list[Any]:
        return [self[name] for name in ("default_section", "time_zone", "uploads")]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        # A dry run has no effect for readers.
        if cleaned.get("is_live") and not cleaned.get("is_certain") and self.data.get("action") != "try":
            self.add_error("is_certain", _("Confirm it, or choose drafts."))
        return cleaned

    def chosen(self) -> Mapping:
        """The proposal with these choices."""
        mapping, cleaned = self.mapping, self.cleaned_data
        mapping.default_section, mapping.time_zone = cleaned["default_section"], cleaned["time_zone"]
        for rule in mapping.kinds:
            rule.categories = []
        for number, (key, name, _count) in enumerate(self.terms):
            slug = key.partition(":")[2]
            choice = cleaned[f"becomes-{number}"]
            called = cleaned[f"name-{number}"].strip() or name[:LONGEST_NAME]
            mapping.sections.pop(slug, None) if key.startswith("category:") else None
            mapping.topics.pop(key, None)
            if choice == SECTION:
                mapping.sections[slug] = called
            elif choice == TOPIC:
                mapping.topics[key] = called
            elif choice:
                _rule_of(mapping, choice).categories.append(slug)
        return mapping

    def facts(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {"mapping": asdict(self.chosen()), "media": cleaned["uploads"], "is_live": bool(cleaned["is_live"])}


def _choices(key: str) -> list[tuple[str, Any]]:
    """The choices for a term: only a category can become a section or a kind."""
    topics = [(TOPIC, _("a topic")), (NOTHING, _("nothing"))]
    if not key.startswith("category:"):
        return topics
    kinds = [(kind, _("the kind: %(kind)s") % {"kind": label_of(kind)}) for kind in story_kinds() if kind != "article"]
    return [(SECTION, _("a section")), *topics, *kinds]


def _chosen(mapping: Mapping, key: str) -> tuple[str, str]:
    """The current choice for a term, and its name."""
    taxonomy, _colon, slug = key.partition(":")
    if taxonomy == "category":
        if slug in mapping.sections:
            return SECTION, mapping.sections[slug]
        for rule in mapping.kinds:
            if slug in rule.categories:
                return rule.kind, ""
    return (TOPIC, mapping.topics[key]) if key in mapping.topics else (NOTHING, "")


def _rule_of(mapping: Mapping, kind: str) -> KindRule:
    for rule in mapping.kinds:
        if rule.kind == kind:
            return rule
    mapping.kinds.append(KindRule(kind))
    return mapping.kinds[-1]
