"""The base of every page type."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self, cast

from django.core.checks import CheckMessage
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelsearch.index import FilterField
from wagtail.actions.create_alias import CreatePageAliasAction, CreatePageAliasPermissionError
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.admin.panels import CommentPanel, MultiFieldPanel
from wagtail.blocks import StreamValue
from wagtail.models import Page, PageViewRestriction, Revision

from portal.content.blocks.ids import give_ids
from portal.content.editing.paper import EditedOnPaper
from portal.content.forms import PortalCopyForm, PortalPageForm
from portal.content.kinds import Kind, Requirement, kind_errors
from portal.content.panels import EmbargoPanel
from portal.content.permissions import PortalPageTester
from portal.content.publication import (
    Publication,
    has_passed_gate,
    is_live_as,
    locked_page,
    passing_gate,
    publishing,
    references_indexed_once,
    rules,
)
from portal.content.serving.editions import Edition
from portal.content.serving.served import ServedPage
from portal.content.shown import cached_while_shown
from portal.content.structured_data.pages import Context, page_things
from portal.content.structured_data.schema import Data
from portal.content.visibility import HOME_DEPTH, in_trash, is_in_trash
from portal.platform.typography import first_sentences

# Longer than what search engines and social networks show.
SUMMARY_LENGTH = 300

# The newsroom's lists leave out pages in the trash by this field, and modelsearch filters only by declared fields.
Page.search_fields = [*Page.search_fields, FilterField("url_path")]


class PortalPage(ServedPage):
    """The base of every page type: served within an edition, and published only through the gate."""

    # Set by the gate on a validated version that is about to be saved.
    is_validated = False
    # Whether there are many pages of this type. Lists link to them; menus rarely do.
    is_item = False
    # Whether the page repeats content of others, such as a newsletter issue. Search ranks it below them.
    is_compilation = False
    # Whether its first publication sends a mailing.
    is_mailed_when_published = False
    # The key of the dashboard list that suggests subjects for new pages of this type.
    written_about = ""
    # Whether event organisers may create pages below a page of this type. They may create pages nowhere else.
    is_for_organisers = False
    # Checklist requirements in addition to those of every page.
    requirements: tuple[Requirement, ...] = ()
    # The fields in the public search index: names, and text, which weighs less.
    search_names: tuple[str, ...] = ()
    search_texts: tuple[str, ...] = ()
    # Templates read these attributes from pages of any type.
    kind: Kind | None = None
    lead_image: Any = None

    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_(
            "Before this time, nobody outside the newsroom sees this version, its pictures or its documents, even if "
            "it is approved."
        ),
    )

    noindex = models.BooleanField(
        _("not in search engines"),
        default=False,
        db_default=False,
        help_text=_("Search engines are asked not to show this page (noindex). It is left out of the sitemap."),
    )
    nofollow = models.BooleanField(
        _("links not followed"),
        default=False,
        db_default=False,
        help_text=_("Search engines are asked not to follow the links of this page (nofollow)."),
    )
    canonical_link = models.URLField(
        _("original elsewhere"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "The full address of the original, if this text was published there first (canonical). Search engines show "
            "that page instead of this one, which is left out of the sitemap."
        ),
    )
    is_unlisted = models.BooleanField(
        _("not in lists"),
        default=False,
        db_default=False,
        help_text=_(
            "Readers find this page only by links and by the search: not in lists, shelves, feeds, "
            "calendars or digests."
        ),
    )

    # The newsroom's search has its own receivers (`search.signals`).
    search_auto_update = False

    # The fields and lists that are edited in place. A type without any has Wagtail's tabs.
    paper_fields: tuple[str, ...] = ()
    # The parent of an unsaved page; set by its form.
    begun_below: Page | None = None

    base_form_class = PortalPageForm
    edit_handler: Any = EditedOnPaper()
    copy_form_class = PortalCopyForm

    promote_panels = [
        MultiFieldPanel(
            ["slug", "seo_title", "search_description", "noindex", "nofollow", "canonical_link"],
            heading=_("For search engines"),
        ),
        "show_in_menus",
    ]
    # EmbargoPanel replaces Wagtail's schedule dialog, so the original is left out.
    settings_panels = [EmbargoPanel(), CommentPanel()]

    class Meta:
        abstract = True

    @classmethod
    def check(cls, **kwargs: Any) -> list[CheckMessage]:
        return [*super().check(**kwargs), *kind_errors(cls)]

    @property
    def listed_as(self) -> Kind | None:
        """The kind or format under which lists, feeds and search have the page."""
        return self.kind

    @property
    def needed(self) -> tuple[Requirement, ...]:
        """The requirements that apply to this page."""
        return self.requirements

    @property
    def summary(self) -> str:
        """Plain text for search engines and shared links: written by an editor, or else the first words of the page."""
        for name in ("search_description", "standfirst", "introduction"):
            value = getattr(self, name, "")
            blocks = value if isinstance(value, StreamValue) else ()
            text = " ".join(str(part) for block in blocks for part in block.block.get_searchable_content(block.value))
            if words := " ".join((text or ("" if isinstance(value, StreamValue) else value)).split()):
                return first_sentences(words, SUMMARY_LENGTH)
        return ""

    @property
    def robots(self) -> str:
        """The page's directives for search engines (`robots`); empty for the defaults."""
        if self.noindex:
            return "noindex, nofollow" if self.nofollow else "noindex"
        return "nofollow, max-image-preview:large" if self.nofollow else ""

    @property
    def is_in_sitemap(self) -> bool:
        return not (self.noindex or self.canonical_link)

    @cached_property
    def pages_above(self) -> list[Page]:
        """The pages from the home page down to the parent, even for an unsaved page."""
        if self.pk:
            found = self.get_ancestors()
        else:
            found = self.begun_below.get_ancestors(inclusive=True) if self.begun_below else Page.objects.none()
        return list(found.filter(depth__gte=HOME_DEPTH).order_by("path"))

    @property
    def current_workflow_state(self) -> Any:
        return cached_while_shown(self, "review", lambda: super(PortalPage, self).current_workflow_state)

    def get_children(self) -> Any:
        """The pages below this one that are not in the trash: copies and translations leave these out."""
        return super().get_children().exclude(in_trash())

    def get_last_child(self) -> Page | None:
        """The last page below this one, even in the trash: a new page gets the next place in the tree."""
        last: Page | None = super().get_children().last()
        return last

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
        """Publish or schedule a revision. Raises `PublicationRefusedError` if the newsroom's rules do not allow it.

        A revision that is already live is not published again, so that only one of two simultaneous requests has an
        effect.
        """
        with transaction.atomic():
            stored = locked_page(self.pk)
            # A live revision that was rescheduled is published once more.
            if is_live_as(stored, revision.pk) and not revision.approved_go_live_at:
                return
            # This is like `Page.publish`, except that the validated object itself goes live.
            action = PublishPageRevisionAction(revision, user, changed, log_action, previous_revision)
            rules().before_publishing(Publication(action.object, revision, user, skip_permission_checks, stored))
            with passing_gate(revision.pk), publishing(self.pk):
                action.execute(skip_permission_checks=True)

    def save(self, clean: bool = True, user: Any = None, log_action: Any = False, **kwargs: Any) -> Any:
        fields = kwargs.get("update_fields")
        give_ids(self, fields)
        if self.live and (fields is None or "live" in fields):  # type: ignore[has-type]
            if self.is_embargoed(timezone.now()):
                self.live = False
            else:
                self._pass_gate()
        clean, self.is_validated = clean and not self.is_validated, False
        with references_indexed_once(self):
            return super().save(clean=clean, user=user, log_action=log_action, **kwargs)

    def is_site_root(self) -> bool:
        # Every site's home page is directly below the root of the tree.
        return self.depth <= HOME_DEPTH and bool(super().is_site_root())

    def _pass_gate(self) -> None:
        """Check the gate for pages that go live without `publish`: copies, aliases and Wagtail's own actions."""
        if has_passed_gate(self.live_revision_id):
            return
        if self._state.adding:
            rules().before_publishing(Publication(self, user=self.owner))
            return
        stored = Page.objects.filter(pk=self.pk).first()
        if self.live_revision and not is_live_as(stored, self.live_revision_id):
            rules().before_publishing(Publication(self, self.live_revision, stored=stored))

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
            # Without a user, the portal itself publishes, so there are no permissions to check.
            with passing_gate(None):
                return super().copy(*args, user=None, **kwargs)
        return super().copy(*args, user=user, **kwargs)

    def create_alias(self, *, user: Any = None, **kwargs: Any) -> Page:
        if user is None:
            with passing_gate(None):
                return super().create_alias(user=None, **kwargs)
        place = kwargs.get("parent") or self.get_parent()
        tester = PortalPageTester(user, place)
        if not self.permissions_for_user(user).can_copy_to(place) or not tester.may_alias_below():
            raise CreatePageAliasPermissionError(_("An alias is published at once, and you may not publish there."))
        # Wagtail would check the permission to publish a copy. The rules do not apply, because an alias has no author.
        return CreatePageAliasAction(self, user=user, **kwargs).execute(skip_permission_checks=True)

    def with_content_json(self, content: dict[str, Any]) -> Self:
        """Restore a version. However it is published, it cannot go live before its embargo ends.

        Wagtail also restores the key of the live revision from the content, but that key may be outdated. An outdated
        key would unpublish a live page with a scheduled update, and would put older text in the row of an unpublished
        page that is scheduled. An alias gets no live revision, because the gate would check a version that the alias
        does not show.
        """
        page = super().with_content_json(content)
        give_ids(page)
        if is_in_trash(self):
            page.slug, page.url_path = self.slug, self.url_path
        page.postpone_to_embargo_end()
        is_own = self.live and not self.alias_of_id
        page.live_revision_id = (self.live_revision_id or self.latest_revision_id) if is_own else None
        return page

    @classmethod
    def from_serializable_data(
        cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False
    ) -> Self | None:
        """Restore a version without pictures that were deleted later. modelcluster fails if the field has `PROTECT`."""
        if check_fks:
            for field in cls._meta.concrete_fields:
                if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.PROTECT:
                    key = data.get(field.name)
                    if key is not None and not field.related_model._default_manager.filter(pk=key).exists():
                        data = data | {field.name: None}
        page: Self | None = super().from_serializable_data(data, check_fks=check_fks, strict_fks=strict_fks)
        return page

    def get_latest_revision_as_object(self) -> Self:
        page: Self = super().get_latest_revision_as_object()
        give_ids(page)
        return page

    def serializable_data(self) -> dict[str, Any]:
        give_ids(self)
        return cast(dict[str, Any], super().serializable_data())

    def postpone_to_embargo_end(self) -> None:
        if self.embargo_until and (self.go_live_at is None or self.go_live_at < self.embargo_until):  # type: ignore[has-type]
            self.go_live_at = self.embargo_until

    def is_embargoed(self, now: datetime) -> bool:
        return self.embargo_until is not None and self.embargo_until > now

    def update_aliases(self, *, _updated_ids: Sequence[int] = (), **kwargs: Any) -> None:
        # Wagtail also calls this for a page that is only scheduled, and wagtail-localize for the new alias of a draft.
        # Only the database row shows whether the page is live: for an alias that has just gone live, Wagtail passes an
        # outdated object.
        if found := list(Page.objects.filter(alias_of=self.pk, alias_of__live=True)):
            # An alias in the trash, or an alias of it, does not go live either: restoring updates both.
            left = {*rules().aliases_to_leave(self, found), *(each.pk for each in found if is_in_trash(each))}
            super().update_aliases(_updated_ids=[*_updated_ids, *left], **kwargs)

    update_aliases.alters_data = True  # type: ignore[attr-defined]

    def make_preview_request(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().make_preview_request(*args, **kwargs)
        # Not even the browser may cache an unpublished version.
        response["Cache-Control"] = "private, no-store"
        return response

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        if self.is_known_public:
            return PageViewRestriction.objects.none()
        own = super().get_view_restrictions()
        # For an alias, Wagtail applies the original's own restrictions, but not those of the original's ancestors.
        return own | self.alias_of.specific_deferred.get_view_restrictions() if self.alias_of else own

    def serve_password_required_response(self, request: HttpRequest, form, action_url: str) -> HttpResponse:
        # The page's context is left out: readers without the password must not see its summary or related pages.
        context = {"form": form, "action_url": action_url}
        return TemplateResponse(request, "password_required.html", context)

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        return page_things(self, edition, context)
