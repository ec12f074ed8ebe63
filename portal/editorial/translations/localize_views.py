"""Views that replace wagtail-localize's at the same addresses, with permission checks for each page.

Its views write a new text to the page that readers see before anybody publishes it; these make drafts, and publish
through the newsroom's gate.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.views.pages.utils import get_valid_next_url_from_request
from wagtail.models import Locale, Page
from wagtail.permissions import policy_registry
from wagtail_localize.models import Translation, TranslationSource
from wagtail_localize.views import (
    convert,
    edit_translation,
    report,
    submit_translations,
    update_translations,
)

from portal.content.pages.pages import PortalPage
from portal.content.permissions import PortalPageTester
from portal.content.publication import PublicationRefusedError, lock_pages
from portal.content.records.topics import Topic
from portal.content.visibility import HOME_DEPTH
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.translations.actions import missing_parents, publish_or_submit, start, start_with_parents, update
from portal.editorial.translations.strings import apply_stored_strings, store_strings
from portal.editorial.translations.topics import missing_languages

# Larger trees are started on the translation board, page by page.
LARGEST_SUBTREE = 100
LARGEST_FILE = 5 * 1024 * 1024
# The header of a PO file that names its translation.
PO_KEY = b"X-WagtailLocalize-TranslationID"


class RedirectsToTranslation:
    """Mix-in for views that start translations: redirects to the translation if there is one, else back."""

    def redirect_to_translation(self, locales: list[Locale], started: list[Any]) -> HttpResponse:
        names = ", ".join(locale.get_display_name() for locale in locales)
        messages.success(self.request, self.get_success_message(names))  # type: ignore[attr-defined]
        only = started[0] if len(started) == 1 else None
        if isinstance(only, Page):
            return redirect("translate_page", only.pk)
        return redirect(self.get_success_url() or self.get_default_success_url(only))  # type: ignore[attr-defined]


def site_languages(page: Page, locales: QuerySet[Locale]) -> QuerySet[Locale]:
    """Limit languages to those that the page's site has; a home page may begin a new one."""
    if page.depth <= HOME_DEPTH:
        return locales
    home = page.get_ancestors().get(depth=HOME_DEPTH)
    homes = Page.objects.filter(translation_key=home.translation_key, alias_of=None)
    return locales.filter(pk__in=homes.values("locale"))


class SubmitPageTranslation(RedirectsToTranslation, submit_translations.SubmitPageTranslationView):
    """Starts a translation as a draft; needs permission to edit the original and to add the translation.

    Where the pages above are not translated either, they are named, and begun with it.
    """

    template_name = "editorial/translations/submit_page.html"

    def get_object(self) -> Page:
        page = super().get_object()
        if not page.permissions_for_user(self.request.user).can_edit():
            raise PermissionDenied
        return page

    def form_valid(self, form: Any) -> HttpResponse:
        locales = list(form.cleaned_data["locales"])
        try:
            with transaction.atomic():
                started = [self._start(locale, form.cleaned_data["include_subtree"]) for locale in locales]
        except PublicationRefusedError as refusal:
            show_refusal(self.request, refusal)
            return self.render_to_response(self.get_context_data(form=form))
        return self.redirect_to_translation(locales, started)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        locales = list(context["form"].fields["locales"].queryset)
        parents = [(locale.get_display_name(), missing_parents(self.object, locale)) for locale in locales]
        return {**context, "parents": [(language, pages) for language, pages in parents if pages]}

    def get_form(self) -> Any:
        form = super().get_form()
        form.fields["locales"].queryset = languages = site_languages(self.object, form.fields["locales"].queryset)
        if len(languages) == 1:
            # There is nothing to choose: one click begins it.
            form.initial.setdefault("locales", list(languages))
        return form

    def _start(self, locale: Locale, with_subtree: bool) -> Page:
        """Start the translation of the page and, with its subtree, of descendants that are not in that language."""
        translation = start_with_parents(self.object, locale, self.request.user)
        for page in self._descendants() if with_subtree else ():
            existing = page.get_translation_or_none(locale)
            if existing is None or existing.alias_of_id:
                start(page, locale, self.request.user)
        return translation

    def _descendants(self) -> Iterator[Page]:
        descendants = self.object.get_descendants().filter(alias_of=None)
        if descendants.count() > LARGEST_SUBTREE:
            raise PublicationRefusedError(
                _("That is too much at once: begin what lies below on the translators’ board.")
            )
        pages = list(descendants.specific(defer=True))
        if not all(page.permissions_for_user(self.request.user).can_edit() for page in pages):
            raise PublicationRefusedError(_("You may not edit every page below this one."))
        yield from pages


class SubmitSnippetTranslation(RedirectsToTranslation, submit_translations.SubmitSnippetTranslationView):
    """Copies a topic into another language; needs permission to add topics where the original belongs."""

    def get_object(self) -> Topic:
        topic = super().get_object()
        if not isinstance(topic, Topic):
            raise Http404
        policy = policy_registry.get_by_type(type(topic))
        if not policy.user_has_permission_for_instance(self.request.user, "add", topic):
            raise PermissionDenied
        return topic

    def get_form(self) -> Any:
        form = super().get_form()
        form.fields["locales"].queryset = missing_languages(self.object)
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        locales = list(form.cleaned_data["locales"])
        try:
            with transaction.atomic():
                translations = [self._start(locale) for locale in locales]
        except ValidationError as error:
            show_refusal(self.request, PublicationRefusedError(*error.messages))
            return self.render_to_response(self.get_context_data(form=form))
        return self.redirect_to_translation(locales, translations)

    def _start(self, locale: Locale) -> Any:
        translation = self.object.copy_for_translation(locale)
        translation.full_clean()
        translation.save()
        return translation


class UpdateTranslations(update_translations.UpdateTranslationsView):
    """Updates the drafts of all translations; needs permission to edit the original and each of them."""

    def get_object(self) -> TranslationSource:
        source = super().get_object()
        try:
            instances = [source.get_source_instance(), *_target_instances(source)]
        except ObjectDoesNotExist as error:
            raise Http404 from error
        if not all(may_edit(self.request.user, instance) for instance in instances):
            raise PermissionDenied
        return source

    def form_valid(self, form: Any) -> HttpResponse:
        if not isinstance(self.object.get_source_instance(), Page):
            return super().form_valid(form)
        user, by_machine = self.request.user, bool(form.cleaned_data.get("use_machine_translation"))
        try:
            with transaction.atomic():
                pages = [update(page, user, by_machine) for page in _target_instances(self.object)]
        except PublicationRefusedError as refusal:
            show_refusal(self.request, refusal)
            return self.render_to_response(self.get_context_data())
        messages.success(self.request, self.get_success_message())
        for page in pages if form.cleaned_data["publish_translations"] else ():
            # The draft is up to date, also where something in it is still to be translated.
            try:
                with transaction.atomic():
                    publish_or_submit(page, user)
            except PublicationRefusedError as refusal:
                show_refusal(self.request, refusal)
        return redirect(self.get_success_url() or self.get_default_success_url())


def _target_instances(source: TranslationSource) -> Iterator[Any]:
    for translation in source.translations.filter(enabled=True):
        yield translation.get_target_instance()


def may_edit(user: Any, instance: Any) -> bool:
    if isinstance(instance, Page):
        return instance.specific_deferred.permissions_for_user(user).can_edit()
    return policy_registry.get_by_type(type(instance)).user_has_permission_for_instance(user, "change", instance)


class TranslationsReport(report.TranslationsReportView):
    """Lists the translations of pages that the user may see."""

    def get_queryset(self) -> QuerySet[Translation]:
        pages = policy_registry.get_by_type(Page).explorable_instances(self.request.user)
        own = super().get_queryset().filter(source__object_id__in=pages.values("translation_key"))
        return own.order_by("-pk")


def convert_to_alias(request: HttpRequest, page_id: int) -> HttpResponse:
    """Check permission to publish first: an alias is live as soon as its source is."""
    page = get_object_or_404(Page, pk=page_id)
    if not PortalPageTester(request.user, page).has_permission("publish"):
        raise PermissionDenied
    return convert.convert_to_alias(request, page_id)


def require_translation_permission(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a view of wagtail-localize for one translation: needs permission to edit the translated page.

    Unreadable input gets 400, where wagtail-localize answers 500.
    """

    @wraps(view)
    def guarded(request: HttpRequest, translation_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
        translation = get_object_or_404(Translation, pk=translation_id)
        try:
            target = translation.get_target_instance()
        except ObjectDoesNotExist:
            target = None
        if target is None or not may_edit(request.user, target):
            raise PermissionDenied
        if request.method == "PUT" and (b"\0" in request.body or b"=%00" in request.body):
            return HttpResponseBadRequest()
        try:
            # The view raises KeyError for a missing field, ValueError for text that no column can store.
            with transaction.atomic():
                return view(request, translation_id, *args, **kwargs)
        except (KeyError, ValueError):
            return HttpResponseBadRequest()

    return guarded


@require_POST
def upload_pofile(request: HttpRequest, translation_id: int) -> HttpResponse:
    file = request.FILES.get("file")
    content = file.read(LARGEST_FILE + 1) if file else b""
    is_readable = len(content) <= LARGEST_FILE and b"\0" not in content and PO_KEY in content
    if file is None or not is_readable:
        messages.error(request, _("Please upload a valid PO file."))
        return redirect(get_valid_next_url_from_request(request) or reverse("wagtailadmin_home"))
    file.seek(0)
    return edit_translation.upload_pofile(request, translation_id)


def publish_or_submit_translation(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Handle the translation editor's publish button: save a draft, then publish or submit that."""
    if request.method != "POST" or not isinstance(page, PortalPage):
        return None
    if "localize-restart-translation" in request.POST:
        _store_written_strings(page, request.user)
        return None
    if request.POST.get("action") != "publish":
        return None
    translation = _translation_of(page, enabled=True)
    if translation is None:
        return None
    try:
        with transaction.atomic():
            lock_pages([page.pk])
            result = _save_then_publish_or_submit(translation, page, request.user)
    except ValidationError as error:
        show_refusal(request, PublicationRefusedError(*error.messages))
    except PublicationRefusedError as refusal:
        show_refusal(request, refusal)
    else:
        if result.is_live:
            messages.success(request, _("The translation is published."))
        else:
            messages.success(request, _("The translation was saved and waits for the approval of someone else."))
    return redirect("wagtailadmin_pages:edit", page.pk)


def _translation_of(page: Page, enabled: bool) -> Translation | None:
    return Translation.objects.filter(
        source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=enabled
    ).first()


def _save_then_publish_or_submit(translation: Translation, page: PortalPage, user: Any) -> Any:
    lock = page.get_lock()
    if lock and lock.for_user(user):
        raise PublicationRefusedError(_("The page could not be saved as it is locked."))
    draft = page.get_latest_revision_as_object()
    apply_stored_strings(translation, draft)
    draft.save_revision(user=user)
    return publish_or_submit(page, user)


def _store_written_strings(page: PortalPage, user: Any) -> None:
    """Store the draft's texts before wagtail-localize's editor is used again, which only shows stored strings."""
    translation = _translation_of(page, enabled=False)
    if translation is not None:
        original = translation.source.as_instance()
        store_strings(translation, original, page.get_latest_revision_as_object(), user)
