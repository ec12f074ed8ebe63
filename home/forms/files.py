"""The form field for files: checks, scans and stores them at once, so that an error elsewhere loses none."""

import logging
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from home.forms.records import LONGEST_FILE_NAME, SentFile
from portal.content.readers.form_fields import one_line
from portal.content.readers.form_guard import PROBLEMS, FormGuard
from portal.content.readers.uploads import ScansOfPost, check_content, check_size, may_send, refusal
from portal.media.stored import StorageUnavailableError

# The limit for all files of a site in forms that are not completed.
MAX_UNFINISHED_BYTES = 2 * 1024**3
# Field names that editors choose contain no hyphen.
STORED = "-stored"
# Not shown in the help text.
OTHER_SPELLINGS = frozenset({"jpeg", "heif"})

logger = logging.getLogger(__name__)


class FilesInput(forms.FileInput):
    """An input for several files; above it are those already stored, each with a box to keep it."""

    allow_multiple_selected = True
    template_name = "home/files_input.html"
    # Stored files with their tokens, set by the field.
    stored: list[tuple[str, str]] = []
    # Tokens of files that no longer exist. They are carried to the field's step, which reports them.
    missing: list[str] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, list[Any]]:
        if not hasattr(data, "getlist"):
            return {"new": [], "carried": []}
        return {"new": files.getlist(name) if files else [], "carried": data.getlist(name + STORED)}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        context["widget"] |= {"stored_name": name + STORED, "stored": self.stored}
        return context


class CarriedFiles(forms.HiddenInput):
    """The stored files of a step that is not shown."""

    template_name = "home/carried_files.html"

    def __init__(self, stored: list[tuple[str, str]]):
        super().__init__()
        self.stored = stored

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        context["widget"] |= {"stored_name": name + STORED, "stored": self.stored}
        return context


class FilesField(forms.Field):
    """Its value is a list of SentFile records. `guard`, `page`, `name` and `scans` are set by the form."""

    widget = FilesInput
    guard: FormGuard
    scans: ScansOfPost
    page: Any
    name = ""

    def __init__(self, *, extensions: frozenset[str], most: int, megabytes: int, **options: Any):
        super().__init__(**options)
        self.extensions, self.most, self.max_bytes = extensions, most, megabytes * 1024 * 1024
        self.widget.attrs["accept"] = ",".join(f".{each}" for each in sorted(extensions))
        if most > 1:
            self.widget.attrs["multiple"] = True
        # The browser would demand another file although one is stored.
        self.widget.is_required = False

    @property
    def limits(self) -> str:
        """The help text: which files, how many and how large."""
        types = sorted(each.upper() for each in self.extensions - OTHER_SPELLINGS)
        words = {"types": ", ".join(types), "size": filesizeformat(self.max_bytes), "number": self.most}
        return (
            ngettext(
                "One file of at most %(size)s: %(types)s.",
                "Up to %(number)d files of at most %(size)s each: %(types)s.",
                self.most,
            )
            % words
        )

    def hidden_widget(self) -> forms.Widget:  # type: ignore[override]
        return CarriedFiles([*self.widget.stored, *(("", token) for token in self.widget.missing)])

    def recall(self, value: Any) -> None:
        """Show the files that are already stored, even if the field is not cleaned."""
        stored, self.widget.missing = self._stored(value["carried"])
        self.widget.stored = self._with_tokens(stored)

    def clean(self, value: Any) -> list[SentFile]:
        if self.guard.is_trapped:
            # A robot must not notice that its files are neither scanned nor stored.
            return []
        carried, missing = self._stored(value["carried"])
        problems = [_("A file is no longer here. Please attach it again.")] if missing else []
        # A file belongs to one message, so another message gets a copy, which counts towards the limit.
        problems += [
            refusal(each.name) for each in carried if each.record_id and not may_send(self.guard.request, each.size)
        ]
        new = value["new"]
        if new and (problem := self.guard.origin_problem):
            problems.append(str(PROBLEMS[problem]))
            new = []
        if len(carried) + len(new) > self.most:
            most = ngettext("At most %(number)d file, please.", "At most %(number)d files, please.", self.most)
            problems.append(most % {"number": self.most})
            new = new[: max(0, self.most - len(carried))]
        for file in new:
            try:
                carried.append(self._accept(file))
            except ValidationError as error:
                problems += error.messages
        self.widget.stored = self._with_tokens(carried)
        if problems:
            raise ValidationError(problems)
        if self.required and not carried:
            raise ValidationError(_("Please choose a file."), code="required")
        return carried

    @property
    def _signer(self) -> signing.Signer:
        return signing.Signer(salt=f"portal.sent-file:{self.page.pk}:{self.name}")

    def _stored(self, tokens: Iterable[str]) -> tuple[list[SentFile], list[str]]:
        """The files of these tokens, and the tokens without a usable file."""
        keys: dict[str, int] = {}
        for token in tokens:
            try:
                keys[token] = int(self._signer.unsign(token))
            except (signing.BadSignature, ValueError):
                keys[token] = 0
        files = SentFile.objects.usable(timezone.now()).filter(page=self.page.pk, field=self.name)
        found = files.in_bulk(keys.values())
        return [found[key] for key in sorted(found)], [token for token, key in keys.items() if key not in found]

    def _with_tokens(self, files: list[SentFile]) -> list[tuple[str, str]]:
        return [(each.name, self._signer.sign(str(each.pk))) for each in files]

    def _accept(self, file: Any) -> SentFile:
        """Check, scan and store an uploaded file. Raises ValidationError."""
        name = one_line(file.name)
        check_size(file, self.max_bytes)
        refused = ValidationError(refusal(name))
        if not may_send(self.guard.request, file.size):
            raise refused
        if SentFile.objects.unfinished_bytes(self.guard.site) + file.size > MAX_UNFINISHED_BYTES:
            logger.warning("A reader's file was refused: the unfinished forms of %s have too many.", self.guard.site)
            raise refused
        check_content(file, self.extensions, self.scans)
        stored = SentFile(
            page=self.page, site=self.guard.site, field=self.name, name=name[-LONGEST_FILE_NAME:], size=file.size
        )
        try:
            stored.file.save(name, File(file, name=name), save=False)
        except (OSError, StorageUnavailableError) as error:
            logger.exception("A reader's file was refused, because it could not be stored.")
            raise refused from error
        stored.save()
        return stored
