"""What the newsroom adds to Wagtail's administration."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from portal.core.publication import Publication, PublicationRefusedError, lock_pages, rules
from portal.editorial.approval.checklist_views import checklist
from portal.editorial.approval.completeness import WAIVED
from portal.editorial.approval.permissions import ONE_PAIR
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.dashboard import hooks as desk_hooks  # noqa: F401 - registers what it holds
from portal.editorial.in_print import FilePolicy
from portal.editorial.schedule.scheduling import LAPSED
from portal.editorial.separation import admin_api
from portal.editorial.sharing import shares, views
from portal.editorial.site_admin import views as office
from portal.editorial.site_admin.reach import administers_any
from portal.editorial.translations import (
    hooks as translation_hooks,  # noqa: F401 - registers what it holds
    localize_views,
)
from portal.editorial.views import PermittedPageViewSet, PortalPageViewSet
from portal.media.models import Document, Image

# Rights to files are kept under the names of Wagtail's own models, as in its own policies.
for model, kept_under in ((Image, "wagtailimages.Image"), (Document, "wagtaildocs.Document")):
    policy = FilePolicy(model, auth_model=kept_under, owner_field_name="uploaded_by_user")
    # Wagtail registers its own after this, for the class and its descendants: the exact class comes first.
    register_permission_policy(model, policy, exact_class=True)


@hooks.register("register_admin_viewset", order=100)
def pages_of_the_newsroom():
    # After Wagtail's own for any page, in whose place the first of these stands.
    return [PermittedPageViewSet(), PortalPageViewSet()]


@hooks.register("construct_reports_menu")
def leave_the_network_to_its_administrators(request, items):
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name != "page-types-usage"]


@hooks.register("register_admin_urls")
def site_admin_urls():
    return office.URLS


class SiteAdminMenuItem(MenuItem):
    """For site administrators; who administers the network finds Wagtail's own lists of everyone and everything."""

    def is_shown(self, request: HttpRequest) -> bool:
        user = request.user
        return not user.is_superuser and administers_any(user)


@hooks.register("register_settings_menu_item")
def people_of_the_site():
    return SiteAdminMenuItem(_("People"), reverse_lazy("office_people"), icon_name="user", order=600)


@hooks.register("register_settings_menu_item")
def redirects_of_the_site():
    return SiteAdminMenuItem(
        _("Redirects"), reverse_lazy("office_redirects"), name="site-redirects", icon_name="redirect", order=810
    )


@hooks.register("before_edit_page", order=-1)
def translation_is_submitted(request: HttpRequest, page: Page):
    return localize_views.submit_instead_of_publishing(request, page)


@hooks.register("register_log_actions")
def say_that_one_person_did_both(actions):
    @actions.register_action(ONE_PAIR)
    class OnePairOfEyes(LogFormatter):
        label = _("Published by its author")
        message = _("Written and published by the same person: the four-eyes rule is off here")


@hooks.register("register_log_actions")
def say_what_was_waived(actions):
    @actions.register_action(WAIVED)
    class WaivedChecklist(LogFormatter):
        label = _("Exception from the checklist")

        def format_message(self, log_entry):
            gaps = " ".join(log_entry.data.get("findings", ()))
            reason = log_entry.data.get("reason", "")
            return gettext("May go without: %(gaps)s Reason: %(reason)s") % {"gaps": gaps, "reason": reason}


@hooks.register("register_admin_urls")
def place_the_checklist():
    return [path("checklist/<int:page_id>/", checklist, name="checklist")]


@hooks.register("insert_editor_js")
def lead_to_what_is_missing() -> SafeString:
    return format_html('<script type="module" src="{}"></script>', static("editorial/checklist.js"))


@hooks.register("insert_global_admin_css")
def show_the_checklist() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("editorial/checklist.css"))


@hooks.register("register_log_actions")
def say_that_a_schedule_has_lapsed(actions):
    @actions.register_action(LAPSED)
    class LapsedSchedule(LogFormatter):
        label = _("Schedule over")
        message = _("Not published: its time had passed before a scheduler ran")


@hooks.register("before_bulk_action")
def publish_only_what_may_be(request: HttpRequest, action_type: str, pages: list[Page], action: Any) -> None:
    """Leave out of a bulk publication what may not go live, and say of each page why."""
    if action_type != "publish":
        return
    choices = action.cleaned_form.cleaned_data
    if choices.get("include_descendants"):
        pages += [draft for page in list(pages) for draft in page.get_descendants().not_live().specific()]
        choices["include_descendants"] = False
    lock_pages(page.pk for page in pages)
    published = Page.objects.filter(pk__in=[page.pk for page in pages], live=True, live_revision=F("latest_revision"))
    already = set(published.values_list("pk", flat=True))
    for page in list(pages):
        revision = page.get_latest_revision()
        if revision is None:
            continue
        try:
            if page.pk in already:
                raise PublicationRefusedError(_("This is published already."))
            rules().before_publishing(Publication(revision.as_object(), revision, request.user))
        except PublicationRefusedError as refusal:
            pages.remove(page)
            show_refusal(request, PublicationRefusedError(f"{page.get_admin_display_title()}:", *refusal.reasons))


@hooks.register("register_admin_urls")
def sharing_addresses():
    return [
        path("shares/", views.Shares.as_view(), name="shares"),
        path("shares/<int:share_id>/", views.AnswerOffer.as_view(), name="answer_offer"),
        path("shares/<int:share_id>/withdraw/", views.WithdrawShare.as_view(), name="withdraw_share"),
        path("pages/<int:page_id>/offer/", views.OfferPage.as_view(), name="offer_page"),
    ]


class SharesItem(MenuItem):
    def is_shown(self, request):
        network = request.edition.network
        return bool(network) and shares.publishes_somewhere(request.user)


@hooks.register("register_admin_menu_item")
def sharing_item():
    return SharesItem(_("Shared pages"), reverse("shares"), icon_name="resubmit", order=260)


@hooks.register("register_page_header_buttons")
def offer_button(page, user, view_name, next_url=None):
    if shares.may_offer(user, page.specific):
        yield Button(
            _("Offer to other sites"), reverse("offer_page", args=[page.pk]), icon_name="resubmit", priority=90
        )


@hooks.register("register_log_actions")
def sharing_actions(actions):
    actions.register_action("portal.share.offer", _("Offer to a site"), _("Offered to another site"))
    actions.register_action("portal.share.accept", _("Accept for a site"), _("Accepted by another site"))
    actions.register_action("portal.share.decline", _("Decline for a site"), _("Declined by another site"))
    actions.register_action("portal.share.withdraw", _("Withdraw from a site"), _("No longer shared with another site"))


@hooks.register("construct_admin_api", order=100)
def narrow_the_api(router):
    # After Wagtail's own, in whose place it stands.
    admin_api.register(router)
