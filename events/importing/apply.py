"""Imports a parsed calendar's events as drafts, and preserves fields edited in the portal."""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import batched
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, ngettext_lazy

from events.importing.drafts import STORED_TOGETHER, NewDrafts, NewEvent
from events.importing.entries import ImportedEntry
from events.importing.parse import ParsedFile
from events.importing.problems import Problems, first_ones, quoted
from events.importing.values import values_from_page, values_from_source, write
from events.pages import EventPage
from events.records import ImportedEvent, Subscription
from events.status import EventStatus
from portal.content.visibility import in_trash
from portal.editorial.approval.authorship import add_author
from portal.editorial.mails.withheld import review_mails_withheld

logger = logging.getLogger(__name__)

BATCH_SIZE = 500
MORE_COUNTS = {
    "left": ngettext_lazy("%(n)d is not imported yet", "%(n)d are not imported yet", "n"),
    "gone": ngettext_lazy("%(n)d is no longer in the source", "%(n)d are no longer in the source", "n"),
    "past": ngettext_lazy("%(n)d is over and was left out", "%(n)d are over and were left out", "n"),
    "deleted": ngettext_lazy("%(n)d deleted here was left out", "%(n)d deleted here were left out", "n"),
}


@dataclass
class ImportReport:
    """The result of an import, as text for the subscription's administrators."""

    counts: Counter[str] = field(default_factory=Counter)
    # The titles of the events that some of the numbers count.
    titles: dict[str, list[str]] = field(default_factory=lambda: {"gone": [], "past": []})
    conflicts: list[str] = field(default_factory=list)
    found: Problems = field(default_factory=Problems)

    @property
    def problems(self) -> list[str]:
        return list(self.found)

    @property
    def is_unfinished(self) -> bool:
        return bool(self.counts["left"])

    def __str__(self) -> str:
        lines = [
            _("new: %(created)d, changed: %(updated)d, unchanged: %(same)d, no longer in the source: %(gone)d")
            % {name: self.counts[name] for name in ("created", "updated", "same", "gone")}
        ]
        for name, sentence in MORE_COUNTS.items():
            if number := self.counts[name]:
                titles = [quoted(title) for title in self.titles.get(name, [])]
                lines.append(sentence % {"n": number} + (_(": ") + first_ones(titles) if titles else ""))
        return "\n".join([*lines, *self.conflicts, *self.problems])


def import_events(
    subscription: Subscription, parsed_file: ParsedFile, now: datetime, seconds: float | None = None
) -> ImportReport:
    """Create and update a subscription's drafts, without emails. An error affects one event only.

    It stops after `seconds`, and the next call imports the rest.
    """
    began = monotonic()
    work = _Import(subscription, now, ImportReport(found=parsed_file.found))
    report = work.report
    with review_mails_withheld():
        for number, incoming in enumerate(parsed_file.events):
            if seconds is not None and monotonic() - began > seconds:
                report.counts["left"] = len(parsed_file.events) - number
                break
            work.import_event(incoming)
        work.store_new()
        work.update_seen()
        if parsed_file.uids and not report.is_unfinished:
            work.handle_removed(parsed_file.uids)
    return report


class _Import:
    def __init__(self, subscription: Subscription, now: datetime, report: ImportReport):
        self.subscription = subscription
        self.calendar = subscription.calendar
        self.now = now
        self.report = report
        known = ImportedEvent.objects.filter(subscription=subscription).annotate(is_in_trash=in_trash("event__"))
        self.records = {row.uid: row for row in known}
        self.unchanged: list[int] = []
        self.new: list[NewEvent] = []

    @cached_property
    def drafts(self) -> NewDrafts:
        return NewDrafts(self.subscription, self.now)

    def import_event(self, incoming: ImportedEntry) -> None:
        with self._report_errors(incoming):
            self._compare(incoming)
        if len(self.new) >= STORED_TOGETHER:
            self.store_new()

    def _compare(self, incoming: ImportedEntry) -> None:
        counts, record = self.report.counts, self.records.get(incoming.uid)
        if record is None and incoming.is_over(self.now) and not self.subscription.takes_past:
            counts["past"] += 1
            self.report.titles["past"].append(incoming.title)
            return
        values = values_from_source(incoming)
        content_hash = sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        if record is None:
            self.new.append(NewEvent(incoming, values, content_hash))
        elif (is_deleted := record.event_id is None or record.is_in_trash) or record.content_hash == content_hash:
            counts["deleted" if is_deleted else "same"] += 1
            self.unchanged.append(record.pk)
        elif event := record.event:
            with transaction.atomic():
                changed = self._update(event, record.imported_values, values)
                record.imported_values, record.content_hash = values, content_hash
                record.seen_at, record.is_gone = self.now, False
                record.save()
            counts["updated" if changed else "same"] += 1

    @contextmanager
    def _report_errors(self, incoming: ImportedEntry) -> Iterator[None]:
        try:
            yield
        except ValidationError as error:
            self.report.found.add("; ".join(error.messages), incoming.line)
        except Exception:
            # An error in one event must not stop the others.
            logger.exception("An imported event could not be stored")
            self.report.found.add(_("could not be stored: the reason is in the portal log"), incoming.line)

    def store_new(self) -> None:
        new, self.new = self.new, []
        self._store(new)

    def _store(self, events: Sequence[NewEvent]) -> None:
        """Create drafts in one transaction. After an error, try each half alone, so that only invalid ones fail."""
        if not events:
            return
        if len(events) == 1:
            with self._report_errors(events[0].incoming), transaction.atomic():
                self.report.counts["created"] += self.drafts.create(events)
            return
        try:
            with transaction.atomic():
                created = self.drafts.create(events)
        except Exception:  # The error is reported when the failing event is alone in its batch.
            middle = len(events) // 2
            self._store(events[:middle])
            self._store(events[middle:])
        else:
            self.report.counts["created"] += created

    def update_seen(self) -> None:
        for keys in batched(self.unchanged, BATCH_SIZE):
            ImportedEvent.objects.filter(pk__in=keys).update(seen_at=self.now, is_gone=False)

    def _update(self, event: EventPage, imported_values: dict[str, Any], values: dict[str, Any]) -> bool:
        """Write the fields that changed in the source but not in the portal; return whether there were any."""
        page = event.get_latest_revision_as_object()
        present = values_from_page(page)
        changed_there = [name for name in values if values[name] != imported_values.get(name)]
        edited_here = [name for name in changed_there if present[name] not in (imported_values.get(name), values[name])]
        if edited_here:
            names = ", ".join(str(EventPage._meta.get_field(name).verbose_name) for name in edited_here)
            self.report.conflicts.append(
                _("%(title)s: edited here and kept: %(names)s") % {"title": page.title, "names": names}
            )
        to_write = [name for name in changed_there if name not in edited_here and present[name] != values[name]]
        if not to_write:
            return False
        write(page, values, to_write)
        self._save_draft(page)
        return True

    def _save_draft(self, page: EventPage) -> None:
        revision = page.save_revision(user=self.subscription.author)
        if further := self.subscription.further_author:
            add_author([(page, revision)], further)
        page = EventPage.objects.get(pk=page.pk)
        workflow = page.get_workflow()
        if page.workflow_in_progress:
            self._set_requester(page.current_workflow_state)
        elif workflow:
            # The portal also submits incomplete drafts.
            self._set_requester(workflow.start(page, None))

    def _set_requester(self, state: Any) -> None:
        if self.subscription.requester:
            state.requested_by = self.subscription.requester
            state.save(update_fields=["requested_by"])

    def handle_removed(self, uids: Iterable[str]) -> None:
        """Handle events that are no longer in the source. Skip past events, which sources usually drop."""
        present = set(uids)
        missing = [record for uid, record in self.records.items() if uid not in present and not record.is_gone]
        prefetch_related_objects(missing, "event")
        for record in missing:
            event = record.event
            if event is None or record.is_in_trash or (event.end and event.end <= self.now and not event.recurrence):
                continue
            record.is_gone = True
            record.save(update_fields=["is_gone"])
            self.report.counts["gone"] += 1
            self.report.titles["gone"].append(event.title)
            if self.subscription.when_gone == Subscription.Gone.UNPUBLISH and event.live:
                event.unpublish()
            elif self.subscription.when_gone == Subscription.Gone.CANCEL:
                page = event.get_latest_revision_as_object()
                page.status = EventStatus.CANCELLED
                self._save_draft(page)
