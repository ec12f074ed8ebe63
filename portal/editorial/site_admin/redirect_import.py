"""Checks a site's list of redirects line by line, and creates the valid ones."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _, override
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from portal.content.serving.editions import Edition
from portal.content.serving.routing import is_of_a_record, page_at
from portal.content.serving.snapshot import snapshot_of
from portal.editorial.site_admin.redirect_lists import ListedRedirect
from portal.editorial.site_admin.redirects import MOST_HOPS, chain_of, path_at, path_on, whole_address

# Below the limit of values per statement.
BATCH = 500


@dataclass(frozen=True)
class CheckedRedirect:
    """A line and its result: rejected with a `problem`, or accepted with a `note`, which may be empty."""

    listed: ListedRedirect
    problem: str = ""
    note: str = ""
    is_known: bool = False
    path: str = ""
    link: str = ""
    page: Page | None = None

    @property
    def is_taken(self) -> bool:
        return not self.problem and not self.is_known

    @property
    def target(self) -> str:
        return self.page.get_admin_display_title() if self.page else self.link


class RedirectCheck:
    """Checks a list of redirects against itself, the site's redirects and its pages."""

    def __init__(self, site: Site, now: datetime):
        self.site, self.now = site, now
        snapshot = snapshot_of(site.hostname, str(site.port))
        self.editions: Mapping[str, Edition] = snapshot.editions if snapshot else {}
        self.default = snapshot.default if snapshot else None
        self.moves: dict[str, str] = {}
        self.known: dict[str, Redirect] = {}

    def check(self, lines: Iterable[ListedRedirect]) -> list[CheckedRedirect]:
        read = [self._read(line) for line in lines]
        self._look_up({each.path for each in read if each.path} | {path_on(self.site, each.link) for each in read})
        found = [self._judged(each) for each in read]
        # Redirects of refused lines do not exist, so other lines cannot lead through them.
        while refused := {each.path for each in found if each.problem} & self.moves.keys():
            for path in refused:
                del self.moves[path]
            found = [result if result.problem else self._judged(each) for each, result in zip(read, found, strict=True)]
        return found

    def _read(self, line: ListedRedirect) -> CheckedRedirect:
        """Normalise the URLs of a line as they are stored. A second line with the same URL is rejected."""
        if line.problem:
            return CheckedRedirect(line, problem=line.problem)
        try:
            path = str(Redirect.normalise_path(path_at(self.site, line.old)))
            link = whole_address(self.site, line.new)
        except forms.ValidationError as error:
            return CheckedRedirect(line, problem=" ".join(error.messages))
        if len(link) > 255:
            return CheckedRedirect(line, problem=_("This address is too long."))
        if path in ("", "/"):
            return CheckedRedirect(line, problem=_("the old address is the front page"))
        if other := self.moves.get(path):
            problem = _("the same line as before") if other == link else _("the same old address as in another line")
            return CheckedRedirect(line, problem=problem)
        self.moves[path] = link
        return CheckedRedirect(line, path=path, link=link)

    def _look_up(self, paths: set[str]) -> None:
        """Find existing redirects from these paths, and those from their targets."""
        for _hop in range(MOST_HOPS):
            missing = {path for path in paths if path and path not in self.known}
            rows: list[Redirect] = []
            for some in batched(sorted(missing), BATCH):
                found = Redirect.objects.filter(site=self.site, old_path__in=some).select_related("redirect_page")
                rows += found
            if not rows:
                return
            self.known |= {row.old_path: row for row in rows}
            paths = {path_on(self.site, row.redirect_link) for row in rows}

    def _judged(self, each: CheckedRedirect) -> CheckedRedirect:
        if each.problem:
            return each
        return replace(self._judgement(each), path=each.path)

    def _judgement(self, each: CheckedRedirect) -> CheckedRedirect:
        link, steps = chain_of(self.site, each.path, each.link, self._following)
        hops = " → ".join(steps)
        if link is None:
            return CheckedRedirect(
                each.listed, problem=_("a loop: it leads back to itself (%(path)s)") % {"path": hops}
            )
        page, is_found = self._target(link)
        if row := self.known.get(each.path):
            is_same = row.redirect_page_id == page.pk if page and row.redirect_page_id else row.redirect_link == link
            if is_same or row.redirect_link == each.link:
                return CheckedRedirect(each.listed, is_known=True, path=each.path, link=link, page=page)
            target = row.redirect_page.get_admin_display_title() if row.redirect_page else row.redirect_link
            message = _("This address has a redirect already: it leads to “%(target)s”.") % {"target": target}
            return CheckedRedirect(each.listed, problem=message)
        if not is_found:
            return CheckedRedirect(
                each.listed, problem=_("there is nothing at the new address %(link)s") % {"link": link}
            )
        if self._target(self.site.root_url + each.path)[0]:
            return CheckedRedirect(each.listed, problem=_("there is a page at the old address"))
        if self._is_fixed(each.path):
            return CheckedRedirect(
                each.listed,
                problem=_("the portal itself responds at the old address: the redirect would have no effect"),
            )
        notes = []
        if hops:
            notes.append(_("by way of %(path)s; taken to the end at once") % {"path": hops})
        if not self._is_here(link):
            notes.append(_("leads to another host: %(host)s") % {"host": urlsplit(link).netloc})
        return CheckedRedirect(each.listed, note="; ".join(notes), path=each.path, link=link, page=page)

    def _following(self, path: str) -> Redirect | None:
        """The redirect from a path, in the list or on the site; none if a page has this path."""
        link = self.moves.get(path)
        found = Redirect(site=self.site, old_path=path, redirect_link=link) if link else self.known.get(path)
        return None if found and self._target(self.site.root_url + path)[0] else found

    def _is_fixed(self, path: str) -> bool:
        """Whether the portal always responds at this path, so that a redirect from it would have no effect."""
        alone = f"{path.partition('?')[0]}/"
        if alone.startswith(("/admin/", settings.STATIC_URL)):
            return True
        edition = self.editions.get(alone.split("/")[1])
        with override(edition.language if edition else None):
            return any(_is_without_parameters(each) for each in (alone, alone[:-1]))

    def _is_here(self, link: str) -> bool:
        return link.startswith(f"{self.site.root_url}/") or link == self.site.root_url

    def _target(self, link: str) -> tuple[Page | None, bool]:
        """The live page at a URL of this site, and whether the URL exists. Other hosts are not checked."""
        if not self._is_here(link):
            return None, True
        parts = urlsplit(link.removeprefix(self.site.root_url) or "/")
        language, *steps = [step for step in parts.path.split("/") if step] or [""]
        if not language:
            return None, True
        edition = self.editions.get(language)
        if edition is None:
            # Requests without a language are redirected to the default language.
            edition, steps = self.default, [language, *steps]
        try:
            page, rest = page_at(edition, "/".join(steps), self.now) if edition else (None, [])
        except Http404:
            page, rest = None, []
        if page is None:
            with override(edition.language if edition else None):
                is_record = edition is not None and is_of_a_record(edition, steps)
                return None, is_record or _has_view(parts.path)
        return (None if rest or parts.query or parts.fragment else page), True


def _has_view(path: str) -> bool:
    """Whether this path has a view that does not look up a page or record by the path."""
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return match.url_name != "wagtail_serve" and "slug" not in match.kwargs


def _is_without_parameters(path: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return not match.args and not match.kwargs


@transaction.atomic
def create_redirects(site: Site, checked: Iterable[CheckedRedirect]) -> list[Redirect]:
    """Create the accepted redirects. A redirect to a page follows it when it is moved."""
    return Redirect.objects.bulk_create(_redirects(site, checked), batch_size=BATCH)


def _redirects(site: Site, checked: Iterable[CheckedRedirect]) -> Iterator[Redirect]:
    for each in checked:
        if each.is_taken:
            yield Redirect(
                site=site,
                old_path=each.path,
                is_permanent=each.listed.is_permanent,
                redirect_page_id=each.page.pk if each.page else None,
                redirect_link="" if each.page else each.link,
            )
