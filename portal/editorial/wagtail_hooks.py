"""Wagtail hooks of the newsroom: page views, menus, log actions, checklist, sharing and the admin API."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import include, path, reverse, reverse_lazy
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from portal.accounts.names import name_of
from portal.content.publication import Publication, PublicationRefusedError, lock_pages, rules
from portal.content.serving.editions import edition_of
from portal.content.visibility import in_trash
from portal.editorial import personal_data_view  # noqa: F401 - registers its hooks
from portal.editorial.accounts.history import states_changed
from portal.editorial.accounts.users import NewsroomAssignRole
from portal.editorial.approval.authorship import SELF_PUBLISHED, TIED_PUBLISHED, begin_copy, take_over_alias
from portal.editorial.approval.checklist_views import checklist_view
from portal.editorial.approval.completeness import WAIVED
from portal.editorial.approval.independence import tied_in_words
from portal.editorial.approval.next_step import order_actions
from portal.editorial.approval.refusals import PortalPublishBulkAction, show_refusal
from portal.editorial.approval.task_names import translate_log
from portal.editorial.dashboard import (
    hooks as dashboard_hooks,  # noqa: F401 - registers its hooks
    write,  # noqa: F401 - registers its menu
)
from portal.editorial.editing import pasting  # noqa: F401 - registers its scripts
from portal.editorial.editing.crops import picture_crops
from portal.editorial.editing.topics import find_topics
from portal.editorial.guests.invitations import invitations_view, renew_view, revoke_view
from portal.editorial.ideas import hooks as idea_hooks  # noqa: F401 - registers its hooks
from portal.editorial.last_changes import views as last_changes_views  # noqa: F401 - registers its hooks
from portal.editorial.manual.views import URLS as MANUAL_URLS
from portal.editorial.menu import ConditionalItem
from portal.editorial.network_rules import hooks as network_rules_hooks  # noqa: F401 - registers its hooks
from portal.editorial.offboarding.views import URLS as OFFBOARDING_URLS
from portal.editorial.pictures import hooks as picture_hooks  # noqa: F401 - registers its hooks
from portal.editorial.planning import hooks as planning_hooks  # noqa: F401 - registers its hooks
from portal.editorial.public_records.policies import CATALOGUE_POLICIES
from portal.editorial.published_records import FilePolicy
from portal.editorial.records.taken_over import HANDED_OVER, TEXT_COPIED, TEXT_TAKEN_OVER
from portal.editorial.releases import hooks as release_hooks  # noqa: F401 - registers its hooks
from portal.editorial.review_view import ApproveBulkAction, review_answer_view
from portal.editorial.schedule import earlier_versions  # noqa: F401 - registers its hooks
from portal.editorial.schedule.changing import MOVED, move_schedule
from portal.editorial.schedule.scheduling import LAPSED
from portal.editorial.sharing import shares, views
from portal.editorial.sign_in import hooks as sign_in_hooks  # noqa: F401 - registers its hooks
from portal.editorial.site_admin import (
    former,
    people as site_people,
    proposed,  # noqa: F401 - registers its list
    views as site_admin,
)
from portal.editorial.site_admin.report import URLS as ACCOUNTS_REPORT_URLS
from portal.editorial.site_admin.scope import administers_any
from portal.editorial.system import report as system_report  # noqa: F401 - registers its hooks
from portal.editorial.translations import hooks as translation_hooks  # noqa: F401 - registers its hooks
from portal.editorial.trash import hooks as trash_hooks  # noqa: F401 - registers its hooks
from portal.editorial.views import PermittedPageViewSet, PortalPageViewSet
from portal.formats.fields import NO_SUCH_DAY, SPAN, UNKNOWN, WRONG_WEEKDAY
from portal.formats.words import date_and_time
from portal.media.models import Document, Image
from portal.overrides.editor.content_checks import checks_alone

# Permissions for files refer to Wagtail's models, as in its own policies.
for model, auth_model in ((Image, "wagtailimages.Image"), (Document, "wagtaildocs.Document")):
    policy = FilePolicy(model, auth_model=auth_model, owner_field_name="uploaded_by_user")
    # `exact_class` takes precedence over Wagtail's policy, which is registered later and for subclasses as well.
    register_permission_policy(model, policy, exact_class=True)


for catalogue_policy in CATALOGUE_POLICIES:
    register_permission_policy(catalogue_policy.model, catalogue_policy, exact_class=True)


@hooks.register("register_admin_viewset", order=100)
def page_viewsets():
    # These come after Wagtail's viewset for all pages; the first of them replaces it.
    return [PermittedPageViewSet(), PortalPageViewSet()]


@hooks.register("register_admin_urls")
def review_urls():
    patterns = [
        path("answer/<int:state_pk>/", review_answer_view, name="answer"),
        path("guests/<int:page_pk>/", invitations_view, name="guests"),
        path("guests/<int:page_pk>/<int:pk>/end/", revoke_view, name="uninvite"),
        path("guests/<int:page_pk>/<int:pk>/again/", renew_view, name="reinvite"),
    ]
    return [path("newsroom/", include((patterns, "editorial")))]


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        *former.URLS,
        *site_people.URLS,
        *OFFBOARDING_URLS,
        *ACCOUNTS_REPORT_URLS,
        *site_admin.URLS,
        *MANUAL_URLS,
        path("checklist/<int:page_id>/", checklist_view, name="checklist"),
        path("schedule/<int:page_id>/", move_schedule, name="move_schedule"),
        path("pictures/<int:image_id>/crops/", picture_crops, name="picture_crops"),
        path("topics/find/", find_topics, name="find_topics"),
        path("shares/", views.ShareListView.as_view(), name="shares"),
        path("shares/<int:share_id>/", views.AnswerOfferView.as_view(), name="answer_offer"),
        path("shares/<int:share_id>/withdraw/", views.WithdrawShareView.as_view(), name="withdraw_share"),
        path("pages/<int:page_id>/offer/", views.OfferPageView.as_view(), name="offer_page"),
    ]


@hooks.register("construct_reports_menu")
def hide_network_reports(request, items):
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name != "page-types-usage"]


@hooks.register("register_reports_menu_item")
def accounts_report_menu_item():
    return ConditionalItem(
        _("Accounts"),
        reverse_lazy("accounts_report"),
        condition=lambda request: administers_any(request.user),
        name="accounts",
        icon_name="user",
        order=1270,
    )


@hooks.register("register_settings_menu_item")
def accounts_menu_item():
    return ConditionalItem(
        _("People"),
        reverse_lazy("site_accounts"),
        condition=lambda request: administers_any(request.user),
        name="people",
        icon_name="user",
        order=600,
    )


@hooks.register("register_settings_menu_item")
def redirects_menu_item():
    # Superusers have Wagtail's own list of redirects.
    return ConditionalItem(
        _("Redirects"),
        reverse_lazy("site_redirects"),
        condition=lambda request: not request.user.is_superuser and administers_any(request.user),
        name="site-redirects",
        icon_name="redirect",
        order=810,
    )


@hooks.register("after_copy_page")
def keep_authors_of_copies(request: HttpRequest, page: Page, new_page: Page) -> None:
    if new_page.alias_of_id is None:
        originals = _by_address_below(page)
        for address, copied in _by_address_below(new_page).items():
            if copied.latest_revision:
                begin_copy(originals.get(address), copied, request.user)


def _by_address_below(top: Page) -> dict[str, Page]:
    pages = top.get_descendants(inclusive=True).select_related("latest_revision")
    return {page.url_path.removeprefix(top.url_path): page for page in pages}


# This runs after Wagtail's own actions, because `translate_log` changes their messages.
@hooks.register("register_log_actions", order=100)
def log_actions(actions):
    translate_log(actions)
    alone = _("Written and published by the same person: the four-eyes rule is off here")
    actions.register_action(SELF_PUBLISHED, _("Published by its author"), alone)
    lapsed = _("Not published: its time had passed before a scheduler ran")
    actions.register_action(LAPSED, _("Schedule over"), lapsed)
    unapproved = _("Took over an unapproved text: its authors are authors of this page, too")
    actions.register_action(TEXT_TAKEN_OVER, _("Text taken over"), unapproved)
    actions.register_action("portal.share.offer", _("Offer to a site"), _("Offered to another site"))
    actions.register_action("portal.share.accept", _("Accept for a site"), _("Accepted by another site"))
    actions.register_action("portal.share.decline", _("Decline for a site"), _("Declined by another site"))
    actions.register_action("portal.share.withdraw", _("Withdraw from a site"), _("No longer shared with another site"))

    @actions.register_action(MOVED)
    class Moved(LogFormatter):
        label = _("Publication moved")

        def format_message(self, log_entry):
            before, after = (
                date_and_time(localtime(parse_datetime(log_entry.data[key]))) for key in ("before", "after")
            )
            return gettext("Publication moved from %(before)s to %(after)s") % {"before": before, "after": after}

    @actions.register_action(TIED_PUBLISHED)
    class TiedPublished(LogFormatter):
        label = _("Published without an independent person")

        def format_message(self, log_entry):
            page = Page.objects.filter(pk=log_entry.page_id).first()
            return tied_in_words(page, log_entry.data)

    @actions.register_action(TEXT_COPIED)
    class TextCopied(LogFormatter):
        label = _("Text taken over")

        def format_message(self, log_entry):
            return unapproved if log_entry.data["authors"] else gettext("Began with an approved text")

    @actions.register_action(HANDED_OVER)
    class HandedOver(LogFormatter):
        label = _("Handed over")

        def format_message(self, log_entry):
            keys = [log_entry.data["author"], *log_entry.data["authors"]]
            people = get_user_model().objects.in_bulk(keys)
            author, holder = (name_of(people.get(key)) or gettext("a deleted account") for key in keys)
            words = {"author": author, "holder": holder}
            return gettext("%(author)s has left; %(holder)s takes the text over, and is now an author too") % words

    @actions.register_action(WAIVED)
    class WaivedChecklist(LogFormatter):
        label = _("Exception from the checklist")

        def format_message(self, log_entry):
            gaps = " ".join(log_entry.data.get("findings", ()))
            reason = log_entry.data.get("reason", "")
            return gettext("May be published without: %(gaps)s Reason: %(reason)s") % {"gaps": gaps, "reason": reason}


@hooks.register("before_convert_alias_page")
def note_original(request: HttpRequest, page: Any) -> None:
    page.original = page.alias_of


@hooks.register("after_convert_alias_page")
def keep_authors_of_alias(request: HttpRequest, page: Any) -> None:
    take_over_alias(page.original, page, request.user)


@hooks.register("insert_global_admin_js")
def global_scripts() -> SafeString:
    names = ("accessible-names", "colleague", "lists", "widgets/choosers", "widgets/escape", "copies/copies")
    modules = ((static(f"editorial/{name}.js"),) for name in names)
    start = format_html('<script src="{}"></script>', static("editorial/widgets/start.js"))
    return start + format_html_join("", '<script type="module" src="{}"></script>', modules)


@hooks.register("insert_editor_js")
def editor_scripts() -> SafeString:
    names = ["checklist", "drag-rows", "editor-names", "first-error", "folded", "place", "save-state", "tab-order"]
    names += ["locked", *(f"widgets/{name}" for name in ("blocks", "create", "focus", "left", "schedule"))]
    names += [f"desk/{name}" for name in ("crops", "drawer", "topics")]
    scripts = format_html_join(
        "", '<script type="module" src="{}"></script>', ((static(f"editorial/{name}.js"),) for name in names)
    )
    return json_script({"moved": gettext("Moved: {place} of {number}")}, "block-words") + scripts


@hooks.register("insert_global_admin_css")
def newsroom_styles() -> SafeString:
    names = ["checklist", "date-field", "editor", "face", "folded", "phone", "photo-grid", "pictures", "session"]
    names += [f"desk/{name}" for name in ("paper", "body", "drawer", "picture", "topics")]
    names += ["widgets/blocks", "widgets/choosers", "copies/copies", "paste/notice"]
    paths = ["css/tokens.css", *(f"editorial/{name}.css" for name in names)]
    sheets = ((static(path),) for path in paths)
    return format_html_join("", '<link rel="stylesheet" href="{}">', sheets)


@hooks.register("insert_global_admin_js")
def date_field_words() -> SafeString:
    """The strings of wagtailadmin/js/date-time-chooser.js, which replaces Wagtail's."""
    words = {
        "date": gettext("dd/mm/yyyy"),
        "time": gettext("hh:mm"),
        "datetime": gettext("dd/mm/yyyy hh:mm"),
        "open": gettext("Choose"),
        "unknown": str(UNKNOWN),
        "noSuchDay": str(NO_SUCH_DAY),
        "wrongWeekday": str(WRONG_WEEKDAY),
        "span": str(SPAN),
        "hour": gettext("Add a time, for example 18:00, or choose “All day”."),
        "early": gettext("The end is before the start."),
        "past": gettext("This is in the past."),
    }
    return json_script(words, "date-field-words")


hooks.register("construct_wagtail_userbar", checks_alone)
hooks.register("construct_page_action_menu", order_actions)


@hooks.register("insert_editor_js")
def writing_script() -> SafeString:
    words = {
        "url": reverse("newsroom_session"),
        "heading": gettext("You are signed out"),
        "text": gettext("What you wrote is still here. Sign in to go on."),
        "username": gettext("User name"),
        "password": gettext("Password"),
        "code": gettext("Code"),
        "signIn": gettext("Sign in"),
        "later": gettext("Later"),
        "offline": gettext("The server cannot be reached, so nothing was saved. Keep this page open and try again."),
        "pictures": gettext(
            "Some pictures could not be added, so the page was not sent. See why below them, then send it again."
        ),
        "other": gettext(
            "You are signed in as {now}, but this page was opened by {then}. "
            "Sign in as {then} to save it, or copy the text."
        ),
    }
    script = format_html('<script type="module" src="{}"></script>', static("editorial/writing.js"))
    return json_script(words, "session-words") + script


@hooks.register("register_help_menu_item")
def manual_menu_item():
    return MenuItem(_("The manual"), reverse_lazy("manual"), name="manual", icon_name="doc-full", order=100)


hooks.register("register_bulk_action", ApproveBulkAction)
# These run after Wagtail's own hooks, which they replace.
hooks.register("register_bulk_action", PortalPublishBulkAction, order=100)
hooks.register("register_bulk_action", NewsroomAssignRole, order=100)


@hooks.register("before_bulk_action")
def record_states_of_accounts(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    if action_type == "set_active_state":
        states_changed(objects, action.cleaned_form.cleaned_data["mark_as_active"])


@hooks.register("before_bulk_action")
def check_bulk_publication(request: HttpRequest, action_type: str, pages: list[Page], action: Any) -> None:
    """Remove the pages that the publication gate refuses from a bulk publication, with a message for each."""
    if action_type != "publish":
        return
    choices = action.cleaned_form.cleaned_data
    if choices.get("include_descendants"):
        pages += [draft for page in list(pages) for draft in _drafts_below(page)]
        choices["include_descendants"] = False
    lock_pages(page.pk for page in pages)
    published = Page.objects.filter(pk__in=[page.pk for page in pages], live=True, live_revision=F("latest_revision"))
    unchanged = set(published.values_list("pk", flat=True))
    for page in list(pages):
        revision = page.get_latest_revision()
        try:
            if page.alias_of_id:
                raise PublicationRefusedError(_("An alias is published with its original."))
            if revision is None:
                raise PublicationRefusedError(_("There is no draft yet: open the page and save it."))
            if page.pk in unchanged:
                raise PublicationRefusedError(_("This is published already."))
            rules().before_publishing(Publication(revision.as_object(), revision, request.user))
        except PublicationRefusedError as refusal:
            pages.remove(page)
            show_refusal(request, PublicationRefusedError(f"{page.get_admin_display_title()}:", *refusal.reasons))


def _drafts_below(page: Page) -> QuerySet[Page]:
    drafts: QuerySet[Page] = page.get_descendants().not_live().exclude(in_trash()).specific()
    return drafts


@hooks.register("register_admin_menu_item")
def shares_menu_item():
    return ConditionalItem(
        _("Shared pages"),
        reverse("shares"),
        condition=lambda request: bool(edition_of(request).network) and shares.may_publish_somewhere(request.user),
        name="shared-pages",
        icon_name="resubmit",
        order=260,
    )


@hooks.register("register_page_header_buttons")
def offer_button(page, user, view_name, next_url=None):
    if shares.may_offer(user, page.specific):
        yield Button(
            _("Offer to other sites"), reverse("offer_page", args=[page.pk]), icon_name="resubmit", priority=90
        )
