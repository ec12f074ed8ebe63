"""Adds the newsletter to the admin menu, to the header of issues, and to the footer of public pages."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from portal.content.serving.editions import Edition
from portal.editorial.reader_data import may_read_reader_data
from portal.newsletter.demo import load_demo
from portal.newsletter.issuing import newsletter_of
from portal.newsletter.models import IssuePage
from portal.newsletter.newsroom.urls import urlpatterns
from portal.newsletter.permissions import newsletters_of
from portal.newsletter.personal_data import processing_by_newsletter
from portal.newsletter.sections import sections_of

hooks.register("portal_processing", processing_by_newsletter, order=20)
hooks.register("portal_demo", load_demo)


@hooks.register("register_admin_urls")
def newsletter_urls():
    return urlpatterns


class NewsletterMenuItem(MenuItem):
    def is_shown(self, request):
        return may_read_reader_data(request.user) or bool(newsletters_of(request.user))


@hooks.register("register_admin_menu_item")
def newsletter_menu_item():
    return NewsletterMenuItem(
        _("Newsletter"), reverse("newsletter_overview"), name="newsletter", icon_name="mail", order=260
    )


@hooks.register("register_page_header_buttons")
def issue_buttons(page: Any, user: Any, view_name: str, next_url: str | None = None):
    if isinstance(page, IssuePage) and page.permissions_for_user(user).can_edit():
        fill, mail = reverse("newsletter_fill_issue", args=[page.pk]), reverse("newsletter_issue_mail", args=[page.pk])
        yield Button(_("Fill from a period"), fill, icon_name="rotate", priority=5)
        yield Button(_("Mail: test and report"), mail, icon_name="mail", priority=6)


@hooks.register("register_log_actions")
def newsletter_actions(actions):
    # This is for log entries of earlier versions.
    actions.register_action("newsletter.export", _("Export subscribers"), _("Subscribers exported"))
    actions.register_action("newsletter.erase", _("Erase a subscriber"), _("Subscriber erased"))


@hooks.register("portal_footer")
def sign_up_box(context: dict[str, Any]) -> str:
    return _sign_up("newsletter/components/sign_up_box.html", context.get("edition"))


@hooks.register("portal_aside")
def sign_up_beside_stories(context: dict[str, Any]) -> str:
    edition, section = context.get("edition"), context.get("section")
    choices = sections_of(edition) if edition and section else []
    # A newsletter with only one section offers no choice of sections.
    path = section.path if section and len(choices) > 1 else ""
    chosen = next((each for each in choices if each.contains(path)), None)
    return _sign_up("newsletter/components/sign_up_aside.html", edition, section=chosen)


@hooks.register("portal_letter")
def sign_up_on_a_landing_page(context: dict[str, Any]) -> str:
    return _sign_up(
        "newsletter/components/sign_up_form.html", context.get("edition"), field_id="landing-address", section=None
    )


def _sign_up(template: str, edition: Edition | None, **context: Any) -> str:
    """A sign-up form; empty if the edition has no public newsletter."""
    newsletter = newsletter_of(edition) if edition else None
    if edition is None or newsletter is None:
        return ""
    return render_to_string(template, context | {"edition": edition, "newsletter_url": edition.url_of(newsletter)})
