"""The page of the translators' board, and what can be done there with several pages at once."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page, Site

from portal.core.publication import PublicationRefusedError
from portal.core.serving.editions import edition_of
from portal.editorial.translations import actions, board
from portal.editorial.translations.board import BoardRow, BoardScope, State
from portal.editorial.translations.changes import texts_of
from portal.editorial.translations.machine import name_of_machine

PER_PAGE = 30
ACTIONS = ("start", "update", "publish", "all", "settle")


class SiteField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.site_name or obj.hostname


class Filters(forms.Form):
    """What of the board is shown. Whatever cannot be read is as if it had not been asked for."""

    def __init__(self, data: Any, places: list[BoardScope], own: Site):
        super().__init__()
        self.given = data
        self.places = {place.site.pk: place for place in places}
        place = self._place(own)
        self.place = place
        names = {code: home.locale.get_display_name() for code, home in place.homes.items()}
        if len(places) > 1:
            sites = Site.objects.filter(pk__in=list(self.places)).order_by("site_name")
            self.fields["site"] = SiteField(
                sites, label=_("Site"), initial=place.site.pk, required=False, empty_label=None
            )
        self.original = self._code("original", list(names))
        others = [code for code in names if code != self.original]
        self.language = self._code("language", others)
        if len(names) > 2:
            self._choice("original", _("Written in"), list(names.items()), self.original)
            self._choice("language", _("Language"), [(code, names[code]) for code in others], self.language)
        self.sections = {str(page.pk): page for page in board.sections_below(place.homes[self.original])}
        self.section = self.sections.get(self.given.get("section", ""))
        titles = [(key, f"{'– ' * (page.depth - 3)}{page.title}") for key, page in self.sections.items()]
        self._choice("section", _("Section"), [("", _("All")), *titles], str(self.section.pk) if self.section else "")
        self.state = self.given.get("state", "") if self.given.get("state") in State.values else ""

    def _place(self, own: Site) -> BoardScope:
        wanted = self.given.get("site", "")
        chosen = self.places.get(int(wanted)) if wanted.isdecimal() and len(wanted) < 12 else None
        return chosen or self.places.get(own.pk) or next(iter(self.places.values()))

    def _code(self, name: str, known: list[str]) -> str:
        return self.given[name] if self.given.get(name) in known else known[0]

    def _choice(self, name: str, label: str, choices: list[tuple[str, str]], value: str) -> None:
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, initial=value, required=False)
        self.initial[name] = value


class TranslationBoard(WagtailAdminTemplateMixin, TemplateView):
    template_name = "editorial/translations/board.html"
    page_title = gettext_lazy("Translations")
    header_icon = "wagtail-localize-language"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        places = board.scopes_of(request.user)
        if not request.user.has_perm("wagtail_localize.submit_translation"):
            raise PermissionDenied
        if not places:
            return self.render_to_response(WagtailAdminTemplateMixin.get_context_data(self))
        self.filters = Filters(request.GET, places, edition_of(request).site)
        homes = self.filters.place.homes
        self.target = homes[self.filters.language]
        self.pages = board.originals(request.user, homes[self.filters.original], self.target, self.filters.section)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters, counts = self.filters, board.counted(self.pages)
        chosen = self.pages.filter(state=filters.state) if filters.state else self.pages
        paginator = Paginator(chosen.order_by("-last_published_at", "-pk"), PER_PAGE)
        paginator.count = counts[filters.state] if filters.state else sum(counts.values())
        shown = paginator.get_page(self.request.GET.get("p"))
        states = [(state.value, state.label, counts[state.value]) for state in State]
        return super().get_context_data(
            filters=filters,
            states=[("", _("All"), sum(counts.values())), *states],
            shown=shown,
            rows=board.rows(shown, self.target),
            language=self.target.locale.get_display_name(),
            machine=name_of_machine(),
            media=filters.media,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        keys = [int(key) for key in request.POST.getlist("pages") if key.isdecimal() and len(key) < 12]
        action = next((name for name in ACTIONS if name in request.POST), "")
        chosen = self.pages.filter(pk__in=keys[:PER_PAGE]).order_by("path")
        if not action or not keys:
            messages.warning(request, _("Choose pages first."))
        else:
            done = BoardAction(request, self.target).all(action, board.rows(chosen, self.target))
            tell_what_was_done(request, done)
        return redirect(f"{reverse('translation_board')}?{request.GET.urlencode()}")


class BoardAction:
    """One action of one person, page by page: what is refused for one of them stops no other."""

    def __init__(self, request: HttpRequest, target: Page):
        self.request, self.target = request, target
        self.user: Any = request.user
        self.by_machine = "by_machine" in request.POST and bool(name_of_machine())
        self.done: Counter[str] = Counter()

    def all(self, action: str, rows: Iterable[BoardRow]) -> Counter[str]:
        for row in rows:
            with_text = self._write(action, row)
            if with_text is not None and action in ("publish", "all"):
                self._one("let go", row, partial(self._let_go, row, with_text))
        return self.done

    def _write(self, action: str, row: BoardRow) -> Page | None:
        """Begin or update one; the translation that there is after that."""
        if action in ("start", "all") and row.state == State.MISSING:
            locale = self.target.locale
            return self._one("started", row, partial(actions.start, row.page, locale, self.user, self.by_machine))
        if row.twin and row.state == State.OUTDATED:
            if action in ("update", "all"):
                return self._one("updated", row, partial(actions.update, row.twin, self.user, self.by_machine))
            if action == "settle":
                self._one("settled", row, partial(actions.settle, row.twin, self.user))
        return row.twin

    def _one(self, name: str, row: BoardRow, deed: Callable[[], Any]) -> Any:
        try:
            with transaction.atomic():
                result = deed()
        except PublicationRefusedError as refusal:
            reasons = refusal.reasons
        except ValidationError as error:
            reasons = tuple(error.messages)
        else:
            self.done[("published" if result.is_live else "submitted") if name == "let go" else name] += 1
            return result
        messages.error(self.request, f"{row.page.title}: {' '.join(reasons)}")
        return None

    def _let_go(self, row: BoardRow, twin: Page) -> actions.PublishResult:
        draft = Page.objects.get(pk=twin.pk).specific.get_latest_revision_as_object()
        if texts_of(draft) == texts_of(row.page.specific):
            raise PublicationRefusedError(_("Nothing of it is translated yet."))
        # The mark is that of the board; what was changed by this very action was not on it.
        mark = f"seen-{twin.pk}"
        seen = self.request.POST.get(mark, "") if twin is row.twin else ""
        return actions.publish_or_submit(twin, self.user, seen)


def tell_what_was_done(request: HttpRequest, done: Counter[str]) -> None:
    def say(name: str, sentence: str) -> None:
        if done[name]:
            messages.success(request, sentence % {"count": done[name]})

    count = done["started"]
    say("started", ngettext("%(count)s translation is begun.", "%(count)s translations are begun.", count))
    count = done["updated"]
    say("updated", ngettext("%(count)s translation is up to date.", "%(count)s translations are up to date.", count))
    count = done["settled"]
    say("settled", ngettext("%(count)s translation stays as it is.", "%(count)s translations stay as they are.", count))
    count = done["published"]
    say("published", ngettext("%(count)s translation is published.", "%(count)s translations are published.", count))
    count = done["submitted"]
    say("submitted", ngettext("%(count)s translation is submitted.", "%(count)s translations are submitted.", count))
