"""The translation editor's view."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.autosave import AutosaveIndicator
from wagtail.admin.widgets.button import HeaderButton
from wagtail.models import Locale, Page, WorkflowState

from portal.content.pages.pages import PortalPage
from portal.content.publication import PublicationRefusedError, lock_pages
from portal.content.shown import cache_while_shown
from portal.editorial.approval.completeness import checklist_of
from portal.editorial.approval.next_step import next_step_of, sent_text, tell_approved, tell_saved
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.approval.review import StaleReviewError, compare_url, content_hash_of
from portal.editorial.records.translations import Basis
from portal.editorial.translations import actions, machine, together
from portal.editorial.translations.changes import TextChange, parse_changes
from portal.editorial.translations.passages.checks import basis_of, cache_passages
from portal.editorial.translations.passages.differences import word_differences
from portal.editorial.translations.passages.pictures import pictures_beside
from portal.editorial.translations.passages.states import PassageState, TranslationPassage, passages_of
from portal.editorial.translations.side_by_side.forms import entries_in, shown_text, widget_for
from portal.editorial.translations.side_by_side.rows import row_of
from portal.editorial.translations.side_by_side.saving import Saved, fill_by_machine, save
from portal.editorial.translations.side_by_side.unsaved import store_unsaved, unsaved_entries
from portal.editorial.translations.together import Act, keys_in
from portal.editorial.translations.together_views import locked_together
from portal.overrides.editor.copies import remove_copy_of_window
from portal.overrides.editor.windows import window_of
from portal.platform.newsroom_views import NewsroomView, crumb


class SideBySideView(NewsroomView, TemplateView):
    """Responds with 404 for a page that is not a translation, or that the user may not edit."""

    template_name = "editorial/translations/side_by_side.html"
    header_icon = "wagtail-localize-language"
    page: PortalPage
    basis: Basis
    locale: Locale
    # Whether the draft is still the one that the form showed.
    is_draft_as_seen = True

    def dispatch(self, request: HttpRequest, page_id: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            self._find(page_id)
            return super().dispatch(request, *args, **kwargs)
        # The lock serialises simultaneous requests.
        with transaction.atomic():
            lock_pages(locked_together(request, page_id))
            self._find(page_id)
            return super().dispatch(request, *args, **kwargs)

    def _find(self, page_id: int) -> None:
        found = get_object_or_404(Page.objects.prefetch_workflow_states().select_related("locale"), pk=page_id)
        page = found.specific
        if not isinstance(page, PortalPage) or not page.permissions_for_user(self.request.user).can_edit():
            raise Http404
        basis = basis_of(page) or actions.basis_or_new(page, saves=self.request.method == "POST")
        if page.alias_of_id or basis is None:
            raise Http404
        self.page, self.basis, self.locale = page, basis, found.locale

    @cached_property
    def draft(self) -> PortalPage:
        return self.page.get_latest_revision_as_object()

    @cached_property
    def language(self) -> str:
        return self.locale.get_display_name()

    @cached_property
    def is_locked(self) -> bool:
        lock = self.page.get_lock()
        return bool(lock and lock.for_user(self.request.user))

    @cached_property
    def address(self) -> str:
        return reverse("translate_page", args=[self.page.pk])

    @property
    def expects_json(self) -> bool:
        return self.request.headers.get("accept", "") == "application/json"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_locked:
            return self._refuse_locked()
        if "take-over" in request.POST:
            text = _("The changes to the original are in the draft: passages to translate come first.")
            return self._run(partial(actions.update, self.page, request.user), text)
        if "settle" in request.POST:
            settling = partial(actions.settle, self.page, request.user)
            return self._run(settling, _("The translation stays as it is."))
        if self.basis.outdated_at:
            # The form has passages of an older original. Its text is shown so that it can be copied.
            return self._refuse_outdated()
        seen, latest = request.POST.get("draft-seen", ""), self.page.latest_revision
        self.is_draft_as_seen = latest is None or seen == content_hash_of(latest)
        entries = list(entries_in(request.POST, self.page.get_latest_revision_as_object()))
        # For the passage in `drop`, the other person's text is accepted.
        wanted = [entry for entry in entries if entry.name != request.POST.get("drop")]
        saved = save(self.page, self.basis, wanted, request.user, request.POST.get("overwrite_revision_id", ""))
        store_unsaved(request, self.page, entries, saved.refused | saved.problems)
        self._find(self.page.pk)
        self.__dict__.pop("draft", None)
        if self.expects_json:
            return self._autosave_response(saved)
        if not saved.is_complete:
            messages.warning(request, _("Not everything could be saved: see the marked passages."))
            return self.render_to_response(self.get_context_data(saved=saved))
        return remove_copy_of_window(request, self._next(saved))

    def _next(self, saved: Saved) -> HttpResponse:
        if "machine" in self.request.POST:
            self._fill_by_machine()
        elif "action-submit" in self.request.POST:
            return self._run(self._submit)
        elif "action-publish" in self.request.POST:
            return self._run(self._publish)
        else:
            tell_saved(self.request, self.page)
        return redirect(self.address)

    def _run(self, action: Any, success: str = "") -> HttpResponse:
        try:
            with transaction.atomic():
                action()
        except PublicationRefusedError as refusal:
            show_refusal(self.request, refusal)
        else:
            if success:
                messages.success(self.request, success)
        return redirect(self.address)

    def _submit(self) -> None:
        if keys := keys_in(self.request.POST["action-submit"]):
            pages = together.run(Act.SUBMIT, self.page, keys, self.request.user)
        else:
            actions.submit(self.page, self.request.user)
            pages = [Page.objects.get(pk=self.page.pk).specific]
        for page in pages:
            messages.success(self.request, sent_text(page))
        self.page.refresh_from_db()

    def _publish(self) -> None:
        latest = self.page.latest_revision
        if latest is not None and not self.is_draft_as_seen:
            # Another passage has changed, and this person has not seen the change.
            raise StaleReviewError(compare_url(self.page, latest, latest))
        if keys := keys_in(self.request.POST["action-publish"]):
            pages = together.run(Act.PUBLISH, self.page, keys, self.request.user)
        else:
            actions.publish_or_submit(self.page, self.request.user)
            pages = [self.page]
        for page in pages:
            tell_approved(self.request, page)

    def _fill_by_machine(self) -> None:
        try:
            number = fill_by_machine(self.page, self.basis, self.request.user)
        except PublicationRefusedError as refusal:
            show_refusal(self.request, refusal)
        else:
            text = ngettext(
                "%d passage is translated by machine: read it over.",
                "%d passages are translated by machine: read them over.",
                number,
            )
            messages.success(self.request, text % number)

    def _refuse_locked(self) -> HttpResponse:
        text = _("The page could not be saved as it is locked.")
        if self.expects_json:
            return JsonResponse({"success": False, "error_code": "locked", "error_message": text})
        show_refusal(self.request, PublicationRefusedError(text))
        return redirect(self.address)

    def _refuse_outdated(self) -> HttpResponse:
        text = _("The original has since been published again. Copy what you wrote here, and reload the page.")
        if self.expects_json:
            return JsonResponse({"success": False, "error_code": "invalid_revision", "error_message": text})
        written = [entry.text for entry in entries_in(self.request.POST, self.draft) if entry.is_edited]
        messages.warning(self.request, text)
        return self.render_to_response(self.get_context_data(saved=Saved(orphaned=written)))

    def _autosave_response(self, saved: Saved) -> JsonResponse:
        """The response to an autosave in Wagtail's format, with the parts of the page that change."""
        context = self._facts(saved) | {"checklist": checklist_of(self.draft, self.request.user)}
        html = render_to_string("editorial/translations/side_by_side_partials.html", context, self.request)
        revision = saved.revision
        return JsonResponse(
            {
                "success": True,
                "pk": self.page.pk,
                "revision_id": revision.pk if revision else None,
                "revision_created_at": revision.created_at.isoformat() if revision else None,
                "field_updates": {},
                "html": html,
                "is_partial": not saved.is_complete,
                "note": self._not_saved(saved),
            }
        )

    def _not_saved(self, saved: Saved) -> str:
        number = len(saved.refused) + len(saved.problems) + len(saved.orphaned)
        if not number:
            return ""
        text = ngettext(
            "%d passage is not saved: see why beside it.", "%d passages are not saved: see why beside them.", number
        )
        return text % number

    def _facts(self, saved: Saved | None = None) -> dict[str, Any]:
        """The context shared by the whole page and the response to an autosave."""
        for page in (self.page, self.draft):
            cache_while_shown(page)
        passages = passages_of(self.basis, self.draft)
        cache_passages(self.draft, self.basis, passages)
        if saved is None and not self.is_locked:
            sent = unsaved_entries(self.request, self.page)
            current = {passage.name: shown_text(passage) for passage in passages if passage.name in sent}
            saved = Saved(refused={name: sent[name].text for name in current if sent[name].text != current[name]})
        else:
            saved = saved or Saved()
            sent = {entry.name: entry for entry in entries_in(self.request.POST, self.draft)}
        is_read_only = self.expects_json or self.is_locked or self.basis.outdated_at
        language = "" if is_read_only else self.locale.language_code
        pictures = {} if self.expects_json else pictures_beside(self.draft, (each.path for each in passages))
        rows = [
            row_of(passage, number, saved, sent, language, pictures.pop(passage.path, None))
            for number, passage in self._numbered(passages)
        ]
        to_do = sum(passage.is_to_do for passage in passages)
        return {
            "rows": rows,
            "to_do": [row for row in rows if row.passage.is_to_do],
            "done": [row for row in rows if not row.passage.is_to_do],
            "count": len(passages),
            "count_to_do": to_do,
            "count_done": len(passages) - to_do,
            "orphaned": saved.orphaned,
            "saved": saved,
            "draft_seen": self._draft_seen(),
            "editing_window": window_of(self.request) or uuid4(),
        }

    def _draft_seen(self) -> str:
        """The content hash of the text in the form. The response to an autosave has no changes by others."""
        if self.expects_json and not self.is_draft_as_seen:
            return self.request.POST.get("draft-seen", "")
        return content_hash_of(self.page.latest_revision) if self.page.latest_revision else ""

    def _numbered(self, passages: list[TranslationPassage]) -> list[tuple[int, TranslationPassage]]:
        """Unfinished passages come first. An open form keeps the numbers of its fields."""
        if self.expects_json:
            known = {passage.name: passage for passage in passages}
            names = ((number, self.request.POST.get(f"passage-{number}-name")) for number in range(len(passages)))
            return [(number, known[name]) for number, name in names if name in known]
        return list(enumerate(sorted(passages, key=lambda passage: not passage.is_to_do)))

    def get_context_data(self, saved: Saved | None = None, **kwargs: Any) -> dict[str, Any]:
        original = self.basis.source
        facts = self._facts(saved)
        tester = self.page.permissions_for_user(self.request.user)
        state = self.page.current_workflow_state
        is_in_review = state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS
        may_submit = not is_in_review and tester.can_submit_for_moderation()
        may_send = may_submit or (not is_in_review and tester.can_publish())
        is_again = state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES
        context = super().get_context_data(**kwargs)
        return {
            **context,
            **facts,
            "page": self.page,
            "header_title": self.draft.get_admin_display_title(),
            "header_buttons": self._buttons(),
            "action_url": self.address,
            "edit_url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
            "original": original,
            "original_language": original.locale.get_display_name(),
            "original_code": original.locale.language_code,
            "language": self.language,
            "basis": self.basis,
            "source_changes": self._source_changes() if self.basis.outdated_at else [],
            "other_changes": [label for label, change in self._labelled() if not (change.before or change.after)],
            "is_locked": self.is_locked,
            "lock_message": self._lock_message(),
            "is_in_review": is_in_review,
            "sending_buttons": self._sending_buttons(may_submit, is_again) if may_send else [],
            "machine": machine.machine_name(),
            "has_missing": any(row.passage.state == PassageState.MISSING for row in facts["rows"]),
            "checklist": checklist_of(self.draft, self.request.user),
            # This takes many queries, so it is only computed for a page in review.
            "reviewers": next_step_of(self.page).names if is_in_review else "",
            "remark": state.current_task_state if state is not None and is_again else None,
            "media": self._media(row.passage for row in facts["rows"]),
            "autosave_enabled": not self.is_locked and not self.basis.outdated_at,
            "autosave_interval": settings.WAGTAIL_AUTOSAVE_INTERVAL,
            "autosave_indicator": AutosaveIndicator(),
            "has_unsaved_changes": bool(saved and not saved.is_complete),
            "not_saved": self._not_saved(facts["saved"]),
        }

    def _lock_message(self) -> Any:
        lock = self.page.get_lock()
        return lock.get_message(self.request.user) if lock and self.is_locked else ""

    def _labelled(self) -> list[tuple[str, TextChange]]:
        return [(change.label(type(self.page)), change) for change in parse_changes(self.basis.changes)]

    def _source_changes(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The changes to the original since the draft was made: labels and runs of words."""
        return [(label, word_differences(change.before, change.after)) for label, change in self._labelled()]

    def _media(self, passages: Iterable[TranslationPassage]) -> Media:
        media = Media()
        for widget in {
            widget_for(each.place, each.is_rich, each.part is not None) for each in passages if each.is_rich
        }:
            media += widget.media
        return media

    def _buttons(self) -> list[HeaderButton]:
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        return [HeaderButton(_("Pictures and other fields"), url=edit, icon_name="edit")]

    def _sending_buttons(self, may_submit: bool, is_again: bool) -> list[tuple[str, str, str]]:
        """The name, value and label of each button that submits or publishes the draft."""
        name, act = ("action-submit", Act.SUBMIT) if may_submit else ("action-publish", Act.PUBLISH)
        label = _("Publish") if not may_submit else _("Send for review again") if is_again else _("Send for review")
        found = together.together_of(self.page, self.request.user, act)
        if found is None:
            return [(name, "1", label)]
        several = [(name, found.value, found.label(label))] if found.ready else []
        return [*several, (name, "1", found.label_alone(label))]

    def breadcrumbs(self) -> list[dict[str, Any]]:
        board = crumb(_("Translations"), reverse("translation_board"))
        return [board, crumb(self.draft.get_admin_display_title(), sublabel=self.language)]
