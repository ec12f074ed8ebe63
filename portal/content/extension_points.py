"""Extension points through which separable apps extend apps that do not import them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from wagtail import hooks
from wagtail.models import Page, Site

# Functions that convert a site's rows during an import, by `app.Model`. A row maps field names to JSON values.
type RowChanges = dict[str, Callable[[dict[str, Any]], dict[str, Any]]]
imported_rows: RowChanges = {}
# Called with another site's page once this site shows it, so that lists use the date of the share.
after_sharing: list[Callable[[Any], None]] = []
# Called with a page after many pages at or below it went live, or were taken down, without a signal for each.
after_visibility_below: list[Callable[[Page], object]] = []
# Called with the primary keys of pages whose topics, authors or pictures have come back from the trash.
after_records_return: list[Callable[[Collection[int]], object]] = []
# Called with a page about to be deleted; each yields sentences about what happens to an app's data at or below it.
notes_on_deletion: list[Callable[[Page], Iterable[str]]] = []
# Called with a page's primary key; whether readers have sent something through it: messages, registrations, requests.
holds_reader_data: list[Callable[[int], bool]] = []
# Called with the primary keys of pages inserted as drafts without signals.
after_bulk_drafts: list[Callable[[list[int]], None]] = []
# How choosers search; the last function wins. Its arguments are the user, the query, the pages on offer and their
# types. It returns matching pages, best first, in a form that a paginator accepts.
type PageSearch = Callable[[Any, str, QuerySet[Page], Sequence[type[Page]]], Any]
chooser_search: list[PageSearch] = []
# Functions that return values for a backup's manifest, by key.
in_backups: dict[str, Callable[[], Any]] = {}
# Log actions that an app relies on. Their entries remain after the retention period of Wagtail's log.
lasting_log_actions: set[str] = set()
# The function that serves the home page in one language with unsaved site settings.
preview_of_settings: list[Callable[[Any, HttpRequest, str], HttpResponse]] = []
# Functions that check whether an address here leads to a file that this reader does not get.
hidden_targets: list[Callable[[HttpRequest, str], bool]] = []
# Functions that return an app's notice after a schema upgrade, or an empty string.
after_upgrade: list[Callable[[], str]] = []


class ReaderActKind(StrEnum):
    REGISTRATION = "registration"
    SHEET_REQUEST = "sheet request"
    SUBSCRIPTION = "subscription"
    FORM = "form"


@dataclass(frozen=True)
class ReaderAct:
    """A reader's completed act. `page` is the key of its page, if it has one. `facts` are JSON values.

    The facts never say who the reader is: other programs may receive them.
    """

    kind: ReaderActKind
    site: int
    page: int | None
    facts: dict[str, Any]


# Called with each act of a reader, within its transaction.
after_reader_act: list[Callable[[ReaderAct], None]] = []


def report_reader_act(kind: ReaderActKind, site: int, page: int | None, **facts: Any) -> None:
    for receive in after_reader_act:
        receive(ReaderAct(kind, site, page, facts))


@dataclass(frozen=True)
class OtherForm:
    """An equivalent address on another system, such as that of the first page of a list.

    `link_of` returns the URL to redirect to instead of the page, such as its calendar file, or an empty string.
    """

    address: str
    link_of: Callable[[Page], str] | None = None


# Functions that return equivalent addresses. If an address has no redirect, theirs are used.
other_forms: list[Callable[[str], Iterable[OtherForm]]] = []


@dataclass(frozen=True)
class SiteExportFormat:
    """A format of `export_site`, and the command options it supports."""

    # Takes the site, the destination and the options; returns the command's output lines.
    write: Callable[..., Iterable[str]]
    options: frozenset[str] = frozenset()


site_export_formats: dict[str, SiteExportFormat] = {}


@dataclass(frozen=True)
class SiteFigure:
    """A number about each site in the newsroom's report on the network, with the address of its details."""

    name: str
    label: Any
    # The number by the site's primary key. A site without an entry has no figure.
    by_site: Callable[[Sequence[Site], datetime], Mapping[int, int]]
    url_of: Callable[[Site], str]


site_figures: list[SiteFigure] = []


def hooked_html(place: str, context: dict[str, Any]) -> SafeString:
    """The HTML that apps add to a place on every page, such as the `footer`, through the hook `portal_<place>`.

    It is cached with the edition, so it may only depend on data whose changes also change the content version.
    """
    return mark_safe("".join(add(context) for add in hooks.get_hooks(f"portal_{place}")))
