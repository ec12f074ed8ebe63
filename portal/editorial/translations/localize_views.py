"""The wagtail-localize views in use, with permission checks for each page."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Locale, Page
from wagtail.permissions import policy_registry
from wagtail_localize.views import convert, submit_translations

from portal.content.permissions import PortalPageTester
from portal.content.publication import PublicationRefusedError
from portal.content.records.topics import Topic
from portal.content.visibility import HOME_DEPTH, in_trash, is_in_trash
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.translations.actions import missing_parents, start, start_with_parents

# Larger trees are translated page by page on the board.
LARGEST_SUBTREE = 100


class RedirectsToTranslation:
    """Mixin for views that start translations: redirects to the page's translation, or else back."""

    def redirect_to_translation(self, locales: list[Locale], started: list[Any]) -> HttpResponse:
        names = ", ".join(locale.get_display_name() for locale in locales)
        messages.success(self.request, self.get_success_message(names))  # type: ignore[attr-defined]
        only = started[0] if len(started) == 1 else None
        if isinstance(only, Page):
            return redirect("translate_page", only.pk)
        return redirect(self.get_success_url() or self.get_default_success_url(only))  # type: ignore[attr-defined]


def site_languages(page: Page, locales: QuerySet[Locale]) -> QuerySet[Locale]:
    """Limit languages to those of the page's site. A home page may start a new one."""
    if page.depth <= HOME_DEPTH:
        return locales
    home = page.get_ancestors().get(depth=HOME_DEPTH)
    homes = Page.objects.filter(translation_key=home.translation_key, alias_of=None)
    return locales.filter(pk__in=homes.values("locale"))


class SubmitPageTranslation(RedirectsToTranslation, submit_translations.SubmitPageTranslationView):
    """Starts a translation as a draft. Needs permission to edit the original and to add the translation.

    Missing translations of ancestors are listed, and started as well.
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
            # With one language there is nothing to choose.
            form.initial.setdefault("locales", list(languages))
        return form

    def _start(self, locale: Locale, with_subtree: bool) -> Page:
        """Start the translation of the page and, with its subtree, of untranslated descendants."""
        translation = start_with_parents(self.object, locale, self.request.user)
        for page in self._descendants() if with_subtree else ():
            existing = page.get_translation_or_none(locale)
            if existing is None or (existing.alias_of_id and not is_in_trash(existing)):
                start(page, locale, self.request.user)
        return translation

    def _descendants(self) -> Iterator[Page]:
        descendants = self.object.get_descendants().filter(~in_trash(), alias_of=None)
        if descendants.count() > LARGEST_SUBTREE:
            raise PublicationRefusedError(
                _("There are too many pages below this one: translate them on the translation board.")
            )
        pages = list(descendants.specific(defer=True))
        if not all(page.permissions_for_user(self.request.user).can_edit() for page in pages):
            raise PublicationRefusedError(_("You may not edit every page below this one."))
        yield from pages


def missing_languages(topic: Topic) -> QuerySet[Locale]:
    """The site's or network's languages into which the topic is not translated."""
    missing = Locale.objects.exclude(pk__in=topic.get_translations(inclusive=True).values("locale"))
    if topic.site is None:
        return missing
    return missing.filter(pk__in=topic.site.root_page.get_translations(inclusive=True).values("locale"))


class SubmitSnippetTranslation(RedirectsToTranslation, submit_translations.SubmitSnippetTranslationView):
    """Copies a topic into another language. Needs permission to add topics at the original's site."""

    template_name = "editorial/translations/submit_topic.html"

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


def convert_to_alias(request: HttpRequest, page_id: int) -> HttpResponse:
    """Check permission to publish first, because an alias is live as soon as its source is."""
    page = get_object_or_404(Page, pk=page_id)
    if not PortalPageTester(request.user, page).has_permission("publish"):
        raise PermissionDenied
    return convert.convert_to_alias(request, page_id)


URLS = [
    path("submit/page/<int:page_id>/", SubmitPageTranslation.as_view(), name="submit_page_translation"),
    path(
        "submit/snippet/<slug:app_label>/<slug:model_name>/<str:pk>/",
        SubmitSnippetTranslation.as_view(),
        name="submit_snippet_translation",
    ),
    path("page/<int:page_id>/convert_to_alias/", convert_to_alias, name="convert_to_alias"),
]
