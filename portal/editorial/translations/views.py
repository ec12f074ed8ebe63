"""The translation board's view and its bulk actions."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import urlencode

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
from wagtail.models import Page, Site

from portal.content.publication import PublicationRefusedError
from portal.content.serving.editions import edition_of
from portal.editorial.records.translations import Basis
from portal.editorial.translations import actions, board
from portal.editorial.translations.board import BoardRow, BoardScope, State
from portal.editorial.translations.changes import texts_of
from portal.editorial.translations.machine import machine_name
from portal.editorial.translations.side_by_side.saving import fill_by_machine
from portal.platform.newsroom_views import NewsroomView, titled

PER_PAGE = 30
ACTIONS = ("start", "update", "publish", "all", "settle")
# The actions of a row's button. Its value names the action and the page.
STEPS = ("start", "update", "submit")


class SiteField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.site_name or obj.hostname


class BoardFilters(forms.Form):
    """The board's filters. Invalid parameters are ignored."""

    def __init__(self, data: Any, scopes: list[BoardScope], current_site: Site):
        super().__init__()
        self.params = data
        self.scopes = {scope.site.pk: scope for scope in scopes}
        scope = self._scope(current_site)
        self.scope = scope
        names = {code: home.locale.get_display_name() for code, home in scope.homes.items()}
        if len(scopes) > 1:
            sites = Site.objects.filter(pk__in=list(self.scopes)).order_by("site_name")
            self.fields["site"] = SiteField(
                sites, label=_("Site"), initial=scope.site.pk, required=False, empty_label=None
            )
        self.original = self._code("original", list(names))
        others = [code for code in names if code != self.original]
        self.language = self._code("language", others)
        if len(names) > 2:
            self._choice("original", _("Written in"), list(names.items()), self.original)
            self._choice("language", _("Language"), [(code, names[code]) for code in others], self.language)
        self.sections = {str(page.pk): page for page in board.sections_below(scope.homes[self.original])}
        self.section = self.sections.get(self.params.get("section", ""))
        titles = [(key, f"{'– ' * (page.depth - 3)}{page.title}") for key, page in self.sections.items()]
        self._choice("section", _("Section"), [("", _("All")), *titles], str(self.section.pk) if self.section else "")
        self.state = self.params.get("state", "") if self.params.get("state") in State.values else ""

    def _scope(self, current_site: Site) -> BoardScope:
        key = self.params.get("site", "")
        chosen = self.scopes.get(int(key)) if key.isdecimal() and len(key) < 12 else None
        return chosen or self.scopes.get(current_site.pk) or next(iter(self.scopes.values()))

    def _code(self, name: str, codes: list[str]) -> str:
        return self.params[name] if self.params.get(name) in codes else codes[0]

    def _choice(self, name: str, label: str, choices: list[tuple[str, str]], value: str) -> None:
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, initial=value, required=False)
        self.initial[name] = value


class TranslationBoard(NewsroomView, TemplateView):
    template_name = "editorial/translations/board.html"
    page_title = gettext_lazy("Translations")
    header_icon = "wagtail-localize-language"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        scopes = board.scopes_of(request.user)
        if not request.user.has_perm("wagtail_localize.submit_translation"):
            raise PermissionDenied
        if not scopes:
            return self.render_to_response(NewsroomView.get_context_data(self))
        self.filters = BoardFilters(request.GET, scopes, edition_of(request).site)
        homes = self.filters.scope.homes
        self.target = homes[self.filters.language]
        self.pages = board.originals(request.user, homes[self.filters.original], self.target, self.filters.section)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters, counts = self.filters, board.count_by_state(self.pages)
        chosen = self.pages.filter(state=filters.state) if filters.state else self.pages
        paginator = Paginator(chosen.order_by("-last_published_at", "-pk"), PER_PAGE)
        paginator.count = counts[filters.state] if filters.state else sum(counts.values())
        shown = paginator.get_page(self.request.GET.get("p"))
        states = [(state.value, state.label, counts[state.value]) for state in State]
        return super().get_context_data(
            filters=filters,
            states=[("", _("All"), sum(counts.values())), *states],
            shown=shown,
            rows=board.rows(shown, self.target, self.request.user),
            language=self.target.locale.get_display_name(),
            machine=machine_name(),
            media=filters.media,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        keys = [int(key) for key in request.POST.getlist("pages") if key.isdecimal() and len(key) < 12]
        action = next((name for name in ACTIONS if name in request.POST), "")
        step, _colon, key = request.POST.get("step", "").partition(":")
        if step in STEPS and key.isdecimal() and len(key) < 12:
            action, keys = step, [int(key)]
        chosen = self.pages.filter(pk__in=keys[:PER_PAGE]).order_by("path")
        if not action or not keys:
            messages.warning(request, _("Choose pages first."))
        else:
            results = BoardAction(request, self.target).run(action, board.rows(chosen, self.target, request.user))
            show_results(request, results)
        return redirect(f"{reverse('translation_board')}?{request.GET.urlencode()}")


class BoardAction:
    """One bulk action of one person, page by page. A page that is refused does not stop the others."""

    def __init__(self, request: HttpRequest, target: Page):
        self.request, self.target = request, target
        self.user: Any = request.user
        self.by_machine = "by_machine" in request.POST and bool(machine_name())
        self.counts: Counter[str] = Counter()

    def run(self, action: str, rows: Iterable[BoardRow]) -> Counter[str]:
        for row in rows:
            translation = self._start_or_update(action, row)
            if translation is not None and action in ("publish", "all"):
                self._publish_or_submit(row, translation)
            elif translation is not None and action == "submit":
                self._attempt("sent", row, partial(actions.submit, translation, self.user))
        return self.counts

    def _start_or_update(self, action: str, row: BoardRow) -> Page | None:
        """Start, update or settle the translation; return None if there is none or it was refused."""
        if action in ("start", "all") and row.state == State.MISSING:
            starting = partial(actions.start, row.page, self.target.locale, self.user)
            return self._attempt("started", row, partial(self._with_machine, starting))
        if row.translation and row.state == State.OUTDATED:
            if action in ("update", "all"):
                updating = partial(actions.update, row.translation, self.user, replaces_texts=self.by_machine)
                return self._attempt("updated", row, partial(self._with_machine, updating))
            if action == "settle":
                self._attempt("settled", row, partial(actions.settle, row.translation, self.user))
        return row.translation

    def _with_machine(self, act: Callable[[], Page]) -> Page:
        translation = act()
        if self.by_machine:
            fill_by_machine(translation, Basis.objects.get(translation=translation.pk), self.user)
        return translation

    def _attempt(self, name: str, row: BoardRow, function: Callable[[], Any]) -> Any:
        """Call the function in a transaction and count it as `name`. A refusal is shown as a message."""
        buttons = []
        try:
            with transaction.atomic():
                result = function()
        except PublicationRefusedError as refusal:
            reasons = refusal.reasons
            if name == "started" and actions.missing_parents(row.page, self.target.locale):
                address = reverse("wagtail_localize:submit_page_translation", args=[row.page.pk])
                query = urlencode({"select_locale": self.target.locale.language_code})
                buttons.append(messages.button(f"{address}?{query}", _("Start it with the pages above")))
        except ValidationError as error:
            reasons = tuple(error.messages)
        else:
            if isinstance(result, actions.PublishResult):
                name = "published" if result.is_live else "sent"
            self.counts[name] += 1
            return result
        messages.error(self.request, titled(row.page.title, " ".join(reasons)), buttons=buttons)
        return None

    def _publish_or_submit(self, row: BoardRow, translation: Page) -> None:
        self._attempt("published", row, partial(self._publish_or_submit_translated, row, translation))

    def _publish_or_submit_translated(self, row: BoardRow, translation: Page) -> actions.PublishResult:
        draft = Page.objects.get(pk=translation.pk).specific.get_latest_revision_as_object()
        if texts_of(draft) == texts_of(row.page.specific):
            raise PublicationRefusedError(_("Nothing of it is translated yet."))
        # The board showed the content hash that was valid before this action.
        is_as_shown = translation is row.translation
        seen = self.request.POST.get(f"seen-{translation.pk}", "") if is_as_shown else ""
        return actions.publish_or_submit(translation, self.user, seen)


def show_results(request: HttpRequest, counts: Counter[str]) -> None:
    def say(name: str, sentence: str) -> None:
        if counts[name]:
            messages.success(request, sentence % {"count": counts[name]})

    count = counts["started"]
    say("started", ngettext("%(count)s translation started.", "%(count)s translations started.", count))
    count = counts["updated"]
    say("updated", ngettext("%(count)s translation is up to date.", "%(count)s translations are up to date.", count))
    count = counts["settled"]
    say("settled", ngettext("%(count)s translation stays as it is.", "%(count)s translations stay as they are.", count))
    count = counts["published"]
    say("published", ngettext("%(count)s translation published.", "%(count)s translations published.", count))
    count = counts["sent"]
    say("sent", ngettext("%(count)s translation awaits review.", "%(count)s translations await review.", count))
