"""Page states, with the newsroom's names for them."""

from collections.abc import Collection

from django.contrib.contenttypes.models import ContentType
from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy
from wagtail.models import Page, Revision, WorkflowState


class PageState(TextChoices):
    """A page has one or two states: its visibility to readers, and the step that its latest version has reached."""

    DRAFT = "draft", pgettext_lazy("state of a page", "Draft")
    REVIEW = "review", pgettext_lazy("state of a page", "In review")
    SENT_BACK = "back", pgettext_lazy("state of a page", "Sent back")
    SCHEDULED = "scheduled", pgettext_lazy("state of a page", "Scheduled")
    PUBLISHED = "published", pgettext_lazy("state of a page", "Published")
    CHANGED = "changed", pgettext_lazy("state of a page", "Changed since")
    TAKEN_DOWN = "taken-down", pgettext_lazy("state of a page", "Taken down")

    @property
    def token(self) -> str:
        """The scope token of pages in this state."""
        return f"s{self.value[0]}"


STEPS = {
    WorkflowState.STATUS_IN_PROGRESS: PageState.REVIEW,
    WorkflowState.STATUS_NEEDS_CHANGES: PageState.SENT_BACK,
}


def states_of(pages: Collection[Page]) -> dict[int, list[PageState]]:
    """The states of pages by primary key."""
    of_pages = {"base_content_type": ContentType.objects.get_for_model(Page), "object_id__in": [p.pk for p in pages]}
    scheduled = Revision.objects.filter(**of_pages, approved_go_live_at__isnull=False).order_by("pk")
    steps = dict.fromkeys(map(int, scheduled.values_list("object_id", flat=True)), PageState.SCHEDULED)
    reviews = WorkflowState.objects.active().filter(**of_pages).values_list("object_id", "status")
    steps |= {int(page): STEPS[status] for page, status in reviews}
    return {page.pk: _states(page, steps.get(page.pk)) for page in pages}


def _states(page: Page, step: PageState | None) -> list[PageState]:
    if page.live and step is None and page.has_unpublished_changes:
        step = PageState.CHANGED
    shown = PageState.PUBLISHED if page.live else PageState.TAKEN_DOWN if page.first_published_at else None
    return [each for each in (shown, step) if each] or [PageState.DRAFT]
