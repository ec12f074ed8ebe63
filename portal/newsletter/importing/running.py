"""Imports a subscriber list according to its plan, does dry runs, and undoes imports."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, time
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.newsletter.importing.columns import ColumnRole, Columns
from portal.newsletter.importing.lists import (
    ImportedSubscriber,
    ListTable,
    Refusal,
    RejectedLine,
    read_table,
    subscribers_in,
)
from portal.newsletter.issuing import edition_containing
from portal.newsletter.models import ListImport, NewsletterPage, Rhythm, Subscriber
from portal.newsletter.subscribers.subscription import (
    ImportOutcome,
    ImportProof,
    SubscriptionChoice,
    add_imported,
    hash_of_address,
    import_outcome,
    take_back_imported,
)

BATCH_SIZE = 500
# The outcomes of a line, and the reasons for leaving it out, with the number of lines.
type Counts = Counter[str]


@dataclass
class ImportPlan:
    """The roles of a list's columns, and the options for its lines.

    `agreed_on` is the date of consent for every line without one. `sends_invitations`: people without a date get a mail
    that asks for their consent; otherwise they are left out. `sections` maps the words of the group columns to
    translation keys of sections.
    """

    roles: list[str | None]
    proof: str = ""
    agreed_on: str = ""
    sends_invitations: bool = False
    rhythm: str = Rhythm.ISSUES.value
    sections: dict[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> Columns:
        return Columns(tuple(ColumnRole(role) if role else None for role in self.roles))

    @property
    def is_complete(self) -> bool:
        return all(self.roles) and bool(self.proof)

    def consent_of(self, subscriber: ImportedSubscriber) -> datetime | None:
        if subscriber.consented_at or not self.agreed_on:
            return subscriber.consented_at
        return timezone.make_aware(datetime.combine(date.fromisoformat(self.agreed_on), time()))

    def sections_of(self, subscriber: ImportedSubscriber) -> set[UUID]:
        """The sections of a person's groups; an empty set means all sections."""
        return {UUID(key) for group in subscriber.groups if (key := self.sections.get(group))}


def plan_of(list_import: ListImport) -> ImportPlan:
    # The stored plan may have other keys, also those of another version.
    known = {each.name for each in fields(ImportPlan)}
    return ImportPlan(**{name: value for name, value in list_import.plan.items() if name in known})


def table_of(list_import: ListImport) -> ListTable:
    stored: Any = list_import.table or {"names": [], "lines": []}
    return ListTable(stored["names"], [(number, cells) for number, cells in stored["lines"]])


def store_list(newsletter: NewsletterPage, name: str, content: bytes, user: Any = None) -> ListImport:
    """Store a list with its proposed columns; raises ImportListError, or LookupError without a site."""
    edition = edition_containing(newsletter)
    if edition is None:
        raise LookupError(f"{newsletter} belongs to no site.")
    table = read_table(content)
    roles = [role.value if role else None for role in table.proposed_columns().roles]
    return ListImport.objects.create(
        site=edition.site,
        newsletter=newsletter,
        imported_by=user,
        name=name[-255:],
        table={"names": table.names, "lines": table.lines},
        plan=asdict(ImportPlan(roles)),
    )


def lines_of(list_import: ListImport) -> tuple[list[ImportedSubscriber], list[RejectedLine]]:
    """The subscribers to import by the plan, and the lines that are left out."""
    plan = plan_of(list_import)
    found, rejected = subscribers_in(table_of(list_import), plan.columns)
    subscribers = []
    for each in found:
        if plan.consent_of(each) or plan.sends_invitations:
            subscribers.append(each)
        else:
            reason = _("no date of consent, so there is no proof")
            rejected.append(RejectedLine(each.line, reason, Refusal.NO_PROOF))
    return subscribers, sorted(rejected, key=lambda each: each.line)


def _refusals(list_import: ListImport, rejected: Sequence[RejectedLine]) -> dict[str, Any]:
    """The lines left out with the reasons, as fields of an import. Reasons stay in the language of the dry run."""
    return {
        "refused": list_import.refused or [[each.line, each.reason] for each in rejected],
        "counts": dict(Counter(each.refusal.value for each in rejected)),
    }


def try_out(list_import: ListImport) -> bool:
    """Store the plan and the result of a dry run; False if the import has begun, such as by a second click."""
    subscribers, rejected = lines_of(list_import)
    list_import.refused = []
    plan, report = plan_of(list_import), _refusals(list_import, rejected)
    counts: Counts = Counter(report["counts"])
    for batch in batched(subscribers, BATCH_SIZE):
        hashes = {hash_of_address(each.address): each for each in batch}
        rows = Subscriber.objects.of(list_import.site).filter(address_hash__in=hashes)
        known = {row.address_hash: row for row in rows}
        for key, each in hashes.items():
            counts[import_outcome(known.get(key), ImportProof("", plan.consent_of(each)))] += 1
    list_import.refused, list_import.counts = report["refused"], dict(counts)
    facts = {name: getattr(list_import, name) for name in ("plan", "refused", "counts")}
    return bool(ListImport.objects.filter(pk=list_import.pk, state=ListImport.State.PROPOSED).update(**facts))


@transaction.atomic
def delete_proposed(list_import: ListImport) -> bool:
    """Delete a list that is not imported; False if its import has begun."""
    rows = ListImport.objects.select_for_update(of=("self",)).filter(state=ListImport.State.PROPOSED)
    found = rows.filter(pk=list_import.pk).first()
    if found:
        found.delete()
    return found is not None


def run_import(list_import: ListImport, is_over: Callable[[], bool] = lambda: False) -> bool:
    """Import further lines until `is_over`; return whether all are done. After a crash it resumes."""
    subscribers, rejected = lines_of(list_import)
    for batch in batched([each for each in subscribers if each.line > list_import.done], BATCH_SIZE):
        if is_over():
            return False
        _import_batch(list_import, batch, rejected)
    with transaction.atomic():
        importing = ListImport.objects.filter(pk=list_import.pk, state=ListImport.State.IMPORTING)
        # Without a batch, nothing has been stored yet.
        first = {} if list_import.done else _refusals(list_import, rejected)
        importing.update(state=ListImport.State.DONE, table=None, **first)
    list_import.refresh_from_db()
    return True


@transaction.atomic
def _import_batch(
    list_import: ListImport, batch: Sequence[ImportedSubscriber], rejected: Sequence[RejectedLine]
) -> None:
    # Without the table, which takes megabytes.
    row = ListImport.objects.defer("table").select_for_update(of=("self",)).get(pk=list_import.pk)
    if row.done >= batch[0].line or row.state != ListImport.State.IMPORTING:
        # Another task is running the import, or somebody has removed it.
        list_import.done = max(row.done, batch[-1].line)
        return
    if not row.done:
        row.refused, row.counts = _refusals(row, rejected).values()
    counts: Counts = Counter(row.counts)
    # The lines of people who were erased since the list was read.
    erased = row.plan.get("erased", ())
    counts.update(_imported(list_import, [each for each in batch if each.line not in erased]))
    row.counts, row.done = dict(counts), batch[-1].line
    row.save(update_fields=["counts", "done", "refused"])
    list_import.done = row.done


def _imported(list_import: ListImport, batch: Sequence[ImportedSubscriber]) -> Counts:
    """Import these subscribers, and count the outcomes."""
    plan, newsletter, now = plan_of(list_import), list_import.newsletter, timezone.now()
    language, rhythm = newsletter.locale.language_code, Rhythm(plan.rhythm)
    with translation.override(language):
        to_confirm = newsletter.consent_text
    who = f"[{list_import.imported_by.get_username()}]" if list_import.imported_by else ""
    counts: Counts = Counter()
    for each in batch:
        agreed_at = plan.consent_of(each)
        source = f"source: {each.source}" if each.source else ""
        words = "\n".join(filter(None, (plan.proof if agreed_at else to_confirm, source, who)))
        choice = SubscriptionChoice(language, rhythm, plan.sections_of(each))
        proof = ImportProof(words, agreed_at, list_import)
        counts[add_imported(list_import.site, each.address, choice, proof, now)] += 1
    return counts


def take_back(list_import: ListImport, is_over: Callable[[], bool] = lambda: False) -> bool:
    """Undo an import until `is_over`, except for rows that changed later. Return whether all rows are done."""
    taken = 0
    while count := take_back_imported(list_import, BATCH_SIZE):
        taken += count
        _count(list_import, "taken back", count)
        if is_over():
            return False
    stay = sum(list_import.counts.get(each, 0) for each in (ImportOutcome.ADDED, ImportOutcome.INVITED))
    list_import.counts["stay"] = max(0, stay - list_import.counts.get("taken back", 0))
    list_import.state = ListImport.State.UNDONE
    list_import.save(update_fields=["counts", "state"])
    return True


def _count(list_import: ListImport, name: str, count: int) -> None:
    list_import.counts[name] = list_import.counts.get(name, 0) + count
    list_import.save(update_fields=["counts"])
