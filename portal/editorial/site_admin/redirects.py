"""Forms for a site's redirects. They accept URLs as people type or paste them."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.urls import reverse
from django.utils.encoding import escape_uri_path, iri_to_uri, uri_to_iri
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy
from wagtail.contrib.redirects.forms import RedirectForm
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from portal.content.records.hosts import FurtherHost
from portal.editorial.roles import homes_of
from portal.editorial.site_admin.redirect_lists import read_redirects
from portal.editorial.site_admin.scope import sites_administered
from portal.platform.spreadsheets.reading import SheetError

LONGEST_PATH = 255
MOST_HOPS = 10
MOST_BYTES = 5_000_000
# A site behind a proxy may be reached through either port.
STANDARD_PORTS = {80, 443}
# File extensions, which otherwise look like hosts: “former-page.html”.
FILES = re.compile(
    r"\.(?:aspx?|cfm|cgi|html?|jsp|php[3-8]?|phtml|shtml|xhtml"
    r"|csv|docx?|epub|ics|od[pst]|pdf|pptx?|rtf|txt|xlsx?|zip"
    r"|bmp|gif|ico|jpe?g|png|svg|tiff?|webp"
    r"|mp[34]|ogg|wav|webm|atom|css|js|json|rss|xml)$"
)


class SiteRedirectForm(RedirectForm):
    """A redirect on one of the administrator's sites, to a page of these sites or to any URL."""

    data: Any

    old_path = forms.CharField(
        label=gettext_lazy("Old address"),
        max_length=500,
        help_text=gettext_lazy("Such as /former-page, or the full address from the browser."),
    )
    redirect_link = forms.CharField(
        label=gettext_lazy("New address"),
        max_length=255,
        required=False,
        help_text=gettext_lazy(
            "An address of this site, such as /fr/new-page/, or a full one, such as https://example.org/page."
        ),
    )

    def __init__(self, *args: Any, administrator: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.sites = list(sites_administered(administrator))
        self.fields["is_permanent"].help_text = gettext(
            "Recommended: search engines forget the old address and list the new one in its place."
        )
        field = self.fields["site"]
        field.queryset, field.required, field.empty_label = sites_administered(administrator), True, None

    def clean_redirect_page(self) -> Any:
        page = self.cleaned_data["redirect_page"]
        if page:
            homes = tuple(home.path for site in self.sites for home in homes_of(site))
            if not page.path.startswith(homes):
                # Without this, the redisplayed form would reveal the page's title.
                self.data = self.data.copy()
                self.data[self.add_prefix("redirect_page")] = ""
                raise forms.ValidationError(gettext("Choose a page of your own site, or write the address instead."))
        return page

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if site := cleaned.get("site"):
            self._read("old_path", lambda typed: path_at(site, typed))
            self._read("redirect_link", lambda typed: whole_address(site, typed))
        if bool(cleaned.get("redirect_page")) == bool(cleaned.get("redirect_link")) and not self.errors:
            raise forms.ValidationError(gettext("Give either a page or an address."))
        if site and "old_path" not in self.errors and (other := self._other_of(site, cleaned["old_path"])):
            self.add_error("old_path", _taken_by(other))
        if site and not self.errors:
            name = "redirect_page" if cleaned.get("redirect_page") else "redirect_link"
            target = cleaned["redirect_page"].full_url if name == "redirect_page" else cleaned["redirect_link"]
            if target and is_same_page(site, cleaned["old_path"], target):
                self.add_error(name, gettext("This redirect would lead to itself. Choose another address."))
            elif name == "redirect_link":
                self._refuse_loop(site, str(Redirect.normalise_path(cleaned["old_path"])), target)
        return cleaned

    def _refuse_loop(self, site: Site, path: str, link: str) -> None:
        def following(step: str) -> Redirect | None:
            return self._other_of(site, step)

        end, steps = chain_of(site, path, link, following)
        if end is None:
            message = gettext("This redirect would lead back to itself (%(path)s). Choose another address.")
            self.add_error("redirect_link", message % {"path": " → ".join(steps)})

    def _other_of(self, site: Site, path: str) -> Redirect | None:
        """Another redirect from this path on the site."""
        same = Redirect.objects.filter(site=site, old_path=Redirect.normalise_path(path)).exclude(pk=self.instance.pk)
        return same.select_related("redirect_page").first()

    def _read(self, name: str, read: Callable[[str], str]) -> None:
        if typed := self.cleaned_data.get(name):
            try:
                self.cleaned_data[name] = read(typed)
            except forms.ValidationError as error:
                self.add_error(name, error)


class RedirectListForm(forms.Form):
    """A site's list of redirects. Once it is valid, `lines` has its lines."""

    site: Any = forms.ModelChoiceField(queryset=None, label=gettext_lazy("Site"), empty_label=None)
    file = forms.FileField(
        label=gettext_lazy("List"),
        help_text=gettext_lazy(
            "A spreadsheet (XLSX, ODS, XLS, CSV) with the old and the new address in each line, or the export of "
            "WordPress’s Redirection plugin (JSON, CSV). Nothing is created yet: each line is checked first."
        ),
    )

    def __init__(self, *args: Any, administrator: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites_administered(administrator)  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                gettext("The file is larger than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000}
            )
        try:
            self.lines = read_redirects(file.read())
        except SheetError as error:
            raise forms.ValidationError(error.reason) from error
        return file


def _taken_by(other: Redirect) -> forms.ValidationError:
    page = other.redirect_page
    target = page.get_admin_display_title() if page else other.redirect_link
    message = gettext("This address has a redirect already: it leads to “%(target)s”.") % {"target": target}
    address = reverse("site_redirects_edit", args=[other.pk])
    return forms.ValidationError(format_html('{} <a href="{}">{}</a>', message, address, gettext("Change that one")))


def path_at(site: Site, typed: str) -> str:
    """The path of a URL on this site, in any spelling. Raises ValidationError for another host."""
    host, path, _fragment = _parted(site, typed)
    if host and not _is_host_of(site, host):
        raise forms.ValidationError(
            gettext("%(host)s is not the host of %(site)s. Choose the site of that host, or write the path alone.")
            % {"host": host, "site": site.site_name or site.hostname}
        )
    path = _as_requested(path)
    if len(path) > LONGEST_PATH:
        raise forms.ValidationError(gettext("This address is too long."))
    return path


def _as_requested(path: str) -> str:
    """A path and query string as in a request. Non-ASCII letters are unquoted, because Wagtail compares them so."""
    alone, separator, query = path.partition("?")
    requested: str = uri_to_iri(escape_uri_path(unquote(alone)) + separator + iri_to_uri(query))
    return requested


def whole_address(site: Site, typed: str) -> str:
    """The URL with its host. A path alone belongs to this site."""
    if typed.lstrip().startswith(("\\", "/\\")):
        # Browsers read a backslash as a slash, and “//” begins with a host.
        raise forms.ValidationError(forms.URLField.default_error_messages["invalid"])
    host, path, fragment = _parted(site, typed)
    if not host or _is_host_of(site, host):
        return f"{site.root_url}{path}#{fragment}" if fragment else site.root_url + path
    is_whole = "://" in re.split("[?#]", typed, maxsplit=1)[0]
    return typed if is_whole else f"https://{typed.lstrip('/')}"


def is_same_page(site: Site, path: str, address: str) -> bool:
    """Whether a URL has this path on this site. Redirects ignore query strings."""
    return path_on(site, address) == Redirect.normalise_path(path.partition("?")[0])


def path_on(site: Site, address: str) -> str:
    """The path of a URL on this site without its query, as redirects compare it; empty for another host."""
    try:
        return str(Redirect.normalise_path(path_at(site, address).partition("?")[0])) if address else ""
    except forms.ValidationError:
        return ""


def chain_of(
    site: Site, path: str, link: str, following: Callable[[str], Redirect | None]
) -> tuple[str | None, list[str]]:
    """The end of the chain of redirects from a path to a URL, and the paths on the way. A loop has no end.

    `following` finds the redirect from a path.
    """
    seen = [path]
    while (step := path_on(site, link)) and len(seen) <= MOST_HOPS:
        if step in seen:
            return None, [*seen, step]
        row = following(step)
        if row is None or not (row.redirect_link or row.redirect_page):
            break
        seen.append(step)
        if row.redirect_page:
            return row.redirect_page.full_url or link, seen[1:]
        link = whole_address(site, row.redirect_link)
    return link, seen[1:]


def _parted(site: Site, typed: str) -> tuple[str, str, str]:
    """The host, the path with its query string, and the fragment.

    The host is empty if there is none. If its port differs from the site's, the port follows.
    """
    if _begins_with_host(typed):
        typed = f"//{typed}"
    try:
        parts = urlsplit(typed)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise forms.ValidationError(forms.URLField.default_error_messages["invalid"]) from None
    if parts.scheme and not (host and parts.scheme in ("http", "https")):
        raise forms.ValidationError(forms.URLField.default_error_messages["invalid"])
    if port and port != site.port and not {port, site.port} <= STANDARD_PORTS:
        host = f"{host}:{port}"
    path = f"/{parts.path.lstrip('/')}"
    return host, f"{path}?{parts.query}" if parts.query else path, parts.fragment


def _begins_with_host(typed: str) -> bool:
    """Whether a URL without a scheme begins with a host and not with a file name."""
    first = re.split(r"[/?#]", typed, maxsplit=1)[0]
    following = typed[len(first) :]
    name, port, _number = first.lower().partition(":")
    if port and following.startswith("//"):
        return False
    if name.startswith("www.") or _is_known(name):
        return True
    return "." in name and not FILES.search(name) and not following.startswith(("?", "#"))


def _is_known(host: str) -> bool:
    known = Site.objects.filter(hostname=host), FurtherHost.objects.filter(hostname=host)
    return any(each.exists() for each in known)


def _is_host_of(site: Site, host: str) -> bool:
    return host == site.hostname or FurtherHost.objects.filter(hostname=host, site=site).exists()
