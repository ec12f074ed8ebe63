"""The page editor's response to buttons that submit or publish the page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.content.pages.pages import PortalPage
from portal.content.publication import PublicationRefusedError
from portal.editorial.approval import next_step
from portal.editorial.approval.confirmation import ConfirmationNeededError, store_publication
from portal.editorial.approval.refusals import show_refusal


class ShowsRefusals:
    """Mixin for page editor views: shows why a submission or publication was refused above the draft."""

    page: PortalPage
    request: HttpRequest

    def run_or_show_refusal(self, action: Any) -> tuple[bool, HttpResponse]:
        """Run a Wagtail action, which saves the draft first; return whether it succeeded, and the response."""
        try:
            return True, action()
        except ConfirmationNeededError as needed:
            store_publication(self.request, self.page)
            return False, redirect(needed.url)
        except PublicationRefusedError as refusal:
            self.keep_draft()
            show_refusal(self.request, refusal, is_above_list=True)
            return False, self.redirect_and_remain()  # type: ignore[attr-defined]

    def run_and_show_reviewers(self, action: Any) -> HttpResponse:
        is_done, response = self.run_or_show_refusal(action)
        if is_done:
            buttons = [self.get_view_draft_message_button(), self.get_edit_message_button()]  # type: ignore[attr-defined]
            next_step.tell_sent(self.request, self.page, buttons)
        return response

    def keep_draft(self) -> None:
        raise NotImplementedError
