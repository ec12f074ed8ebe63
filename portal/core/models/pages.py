"""The base of every page type, and the queries that all of them answer."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.actions.create_alias import CreatePageAliasAction, CreatePageAliasPermissionError
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PublishingPanel
from wagtail.admin.widgets import SlugInput
from wagtail.models import (
    Page,
    PageManager,
    PageQuerySet,
    PageViewRestriction,
    Revision,
)

from portal.core.forms import PortalCopyForm, PortalPageForm
from portal.core.panels import EmbargoPanel
from portal.core.permissions import PortalPageTester
from portal.core.publication import Publication, admitted, is_admitted, lock_pages, rules
from portal.core.serving.access import unexpired
from portal.core.serving.editions import Edition, TrailStep
from portal.core.structured_data.pages import Context, plain_page
from portal.core.structured_data.schema import Data

# What the slug of a title needs before accents are dropped: ligatures keep both letters, an elision parts two words.
SLUG_FORMATTERS = [(re.compile("[œŒ]"), "oe"), (re.compile("[æÆ]"), "ae"), (re.compile("['’]"), "-")]


class PortalPageQuerySet(PageQuerySet):
    def visible_in(self, edition: Edition, now: datetime) -> Self:
        """The pages of one edition that any reader may see at `now`: live, public and not expired.

        A page under embargo is not live, so every list that starts here is free of them.
        """
        pages = self.live().filter(unexpired(now), path__startswith=edition.home.path)
        for path in edition.private_paths:
            pages = pages.exclude(path__startswith=path)
        return pages

    def below(self, page: Page) -> Self:
        return self.filter(path__startswith=page.path, depth__gt=page.depth)


class GoneError(Http404):
    """The page was taken down on purpose, by hand or by the date that its editor set (RFC 9110, section 15.5.11)."""


PortalPageManager = PageManager.from_queryset(PortalPageQuerySet)


class PortalPage(Page):
    """A page that is served with the edition around it.

    The router hands over what it already knows: `trail`, the pages from the home page down to this one;
    `translations`, what of the trail a reader may see in the site's other languages; and `is_known_public`, that no
    privacy rule covers it.
    """

    trail: tuple["TrailStep | Page", ...] = ()
    translations: Sequence["TrailStep"] = ()
    is_known_public = False
    # A section gives the stories below it their label, and stands in the default menu.
    is_section = False
    # One of many, such as a story or an event: lists lead to it, and hardly ever a menu.
    is_item = False
    # The room of a section's event organisers, who write below such a page only.
    is_for_organisers = False
    # What the newsroom's checklist asks of this type beside what it asks of every text.
    must_have: tuple[str, ...] = ()
    # What a page shows of its relations in the same query; see `portal.core.serving.routing`.
    served_with: tuple[str, ...] = ("locale",)

    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_(
            "Nobody outside the newsroom sees this version, its pictures or its documents before this minute, "
            "whenever it is approved."
        ),
    )

    objects = PortalPageManager()
    base_form_class = PortalPageForm
    copy_form_class = PortalCopyForm

    promote_panels = [
        MultiFieldPanel(
            [
                FieldPanel("slug", widget=SlugInput(formatters=SLUG_FORMATTERS)),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
            ],
            heading=_("For search engines"),
        ),
        FieldPanel("show_in_menus"),
    ]
    settings_panels = [EmbargoPanel(), *(panel for panel in Page.settings_panels if type(panel) is not PublishingPanel)]

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PortalPageTester:
        return rules().tester(user, self)

    def publish(
        self,
        revision: Revision,
        user: Any = None,
        changed: bool = True,
        log_action: bool | str = True,
        previous_revision: Revision | None = None,
        skip_permission_checks: bool = False,
    ) -> None:
        """Let a revision go live, or be scheduled, if the newsroom's rules allow it; raises `Refused` if they do not.

        What is live already stays as it is: of two who publish the same at once, one does.
        """
        with transaction.atomic():
            lock_pages([self.pk])
            if self._is_live_as(revision):
                return
            page = revision.as_object()
            rules().before_publishing(Publication(page, revision, user, by_approval=skip_permission_checks))
            with admitted(revision.pk):
                super().publish(
                    revision,
                    user=user,
                    changed=changed,
                    log_action=log_action,
                    previous_revision=previous_revision,
                    skip_permission_checks=True,
                )

    def _is_live_as(self, revision: Revision) -> bool:
        if revision.approved_go_live_at:
            return False
        return Page.objects.filter(pk=self.pk, live=True, live_revision=revision.pk).exists()

    def save(self, clean: bool = True, user: Any = None, log_action: Any = False, **kwargs: Any) -> Any:
        fields = kwargs.get("update_fields")
        if self.live and (fields is None or "live" in fields):  # type: ignore[has-type]
            if self.is_embargoed(timezone.now()):
                # However it was made: by an import, say, that knows of no embargo.
                self.live = False
            else:
                self._pass_gate()
        return super().save(clean=clean, user=user, log_action=log_action, **kwargs)

    def _pass_gate(self) -> None:
        """Stop what goes live past `publish`: a copy, an alias, Wagtail's own action called by itself."""
        if is_admitted(self.live_revision_id):
            return
        if self._state.adding:
            rules().before_publishing(Publication(self, user=self.owner))
            return
        before = Page.objects.filter(pk=self.pk).values_list("live", "live_revision_id").first()
        if self.live_revision and before != (True, self.live_revision_id):
            rules().before_publishing(Publication(self, self.live_revision))

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        overwritten = kwargs.get("overwrite_revision")
        if overwritten and not rules().may_overwrite(overwritten):
            kwargs["overwrite_revision"] = None
        with transaction.atomic():
            revision = super().save_revision(*args, **kwargs)
            rules().revision_saved(self, revision, kwargs.get("user"))
        return revision

    def copy(self, *args: Any, user: Any = None, **kwargs: Any) -> Page:
        if user is None:
            # Nobody asks: the owner of the copy is whoever owned the original.
            with admitted(None):
                return super().copy(*args, user=None, **kwargs)
        return super().copy(*args, user=user, **kwargs)

    def create_alias(self, *, user: Any = None, **kwargs: Any) -> Page:
        if user is None:
            with admitted(None):
                return super().create_alias(user=None, **kwargs)
        place = kwargs.get("parent") or self.get_parent()
        tester = PortalPageTester(user, place)
        if not self.permissions_for_user(user).can_copy_to(place) or not tester.may_alias_below():
            raise CreatePageAliasPermissionError(_("An alias is published there, and you may not publish there."))
        # Wagtail asks for what a copy needs that is published: an alias has no author who could be bound.
        return CreatePageAliasAction(self, user=user, **kwargs).execute(skip_permission_checks=True)

    def with_content_json(self, content: dict[str, Any]) -> Self:
        """As Wagtail's, for a version that cannot go live before its embargo ends, by whichever way it is published.

        Wagtail takes the version that is live now from the revision as well, which may be older than that; and would
        take the page down while an update waits for its time.
        """
        page = super().with_content_json(content)
        page.hold_back()
        if self.live:
            page.live_revision_id = self.live_revision_id or self.latest_revision_id
        return page

    def hold_back(self) -> None:
        if self.embargo_until and (self.go_live_at is None or self.go_live_at < self.embargo_until):  # type: ignore[has-type]
            self.go_live_at = self.embargo_until

    def is_embargoed(self, now: datetime) -> bool:
        return self.embargo_until is not None and self.embargo_until > now

    def update_aliases(self, **kwargs: Any) -> None:
        # Wagtail also calls this for a page that has only been scheduled, and would put its aliases online at once.
        if self.live:
            super().update_aliases(**kwargs)

    update_aliases.alters_data = True  # type: ignore[attr-defined]

    def make_preview_request(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().make_preview_request(*args, **kwargs)
        # Not even the browser keeps what is not out yet.
        response["Cache-Control"] = "private, no-store"
        return response

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        if self.is_known_public:
            return PageViewRestriction.objects.none()
        own = super().get_view_restrictions()
        # Wagtail asks of an alias whether the page that it shows is private, and not whether that page's section is.
        return own | self.alias_of.specific_deferred.get_view_restrictions() if self.alias_of else own

    @classmethod
    def answers_below(cls, steps: list[str], edition: Edition) -> bool:
        """Whether a page of this type answers for these steps below its own address, where no page stands."""
        return False

    def serve_password_required_response(self, request: HttpRequest, form, action_url: str) -> HttpResponse:
        # Without the page's own context: its summary and its surroundings are not for those outside.
        context = {"form": form, "action_url": action_url}
        return TemplateResponse(request, "wagtailcore/password_required.html", context)

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        """The page in the words of schema.org; `context` is that of its template."""
        return plain_page(self, edition, context)

    def is_visible_in(self, edition: Edition, now: datetime) -> bool:
        """What `visible_in` asks, of a page at hand."""
        is_over = self.expire_at is not None and self.expire_at <= now
        here = self.path.startswith(edition.home.path) and not edition.is_private(self.path)
        return self.live and here and not is_over

    def check_served(self, now: datetime) -> None:
        """Raise Http404 unless a reader may be served this page at `now`; GoneError where one once could."""
        if not self.live or (self.expire_at and self.expire_at <= now):
            raise GoneError if self.live or self.first_published_at else Http404
