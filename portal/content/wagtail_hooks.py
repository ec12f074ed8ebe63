"""Admin menus and views for topics, people and failed tasks; drawings; page choosers limited to permitted pages."""

from pathlib import Path
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from portal.content.blocks.drawings import drawings_of
from portal.content.readers import access_log
from portal.content.records.outlines import MapOutline
from portal.content.records.people import Byline, Person
from portal.content.records.policies import outline_policy, person_policy, topic_policy
from portal.content.records.topics import Topic
from portal.content.separation.choices import choosable_pages, home_paths
from portal.content.separation.views import (
    CatalogueChooseResultsView,
    CatalogueChooserViewSet,
    CatalogueChooseView,
    CatalogueViewSet,
)
from portal.content.serving.rich_text_links import PublicPageLink
from portal.content.visibility import below
from portal.platform.tasks.failed_tasks_view import FailedTasksView

register_permission_policy(Topic, topic_policy)
register_permission_policy(Person, person_policy)
register_permission_policy(MapOutline, outline_policy)


class TopicViewSet(CatalogueViewSet):
    model = Topic
    icon = "tag"
    list_display = ["name", "slug", "site"]
    search_fields = ["name"]


class LatestAuthorsFirst:
    """Chooser mixin: those with the latest bylines in the user's newsrooms come first, then the newest records."""

    ordering = (F("latest_byline").desc(nulls_last=True), "-pk")

    def get_object_list(self) -> Any:
        pages = Page.objects.filter(below(home_paths(self.request.user)))  # type: ignore[attr-defined]
        bylines = Byline.objects.filter(person=OuterRef("pk"), page__in=pages).order_by("-pk")
        return super().get_object_list().annotate(latest_byline=Subquery(bylines.values("pk")[:1]))  # type: ignore[misc]


class PersonChooseView(LatestAuthorsFirst, CatalogueChooseView):
    pass


class PersonChooseResultsView(LatestAuthorsFirst, CatalogueChooseResultsView):
    pass


class PersonChooserViewSet(CatalogueChooserViewSet):
    choose_view_class = PersonChooseView
    choose_results_view_class = PersonChooseResultsView
    form_fields = ["name", "role", "site"]
    creation_tab_label = _("New person")
    create_action_label = _("Add")


class PersonViewSet(CatalogueViewSet):
    model = Person
    chooser_viewset_class = PersonChooserViewSet
    icon = "user"
    list_display = ["name", "role", "site"]
    search_fields = ["name"]


class MapOutlineViewSet(CatalogueViewSet):
    model = MapOutline
    icon = "globe"
    list_display = ["name", "site"]
    search_fields = ["name"]


@register_snippet
class CatalogueGroup(SnippetViewSetGroup):
    menu_label = _("Topics and people")
    menu_name = "topics-and-people"
    menu_icon = "tag"
    menu_order = 250
    items = (TopicViewSet, PersonViewSet, MapOutlineViewSet)


@hooks.register("register_admin_urls")
def failed_tasks_urls():
    return [
        path("background-work/", FailedTasksView.as_view(http_method_names=["get", "head"]), name="failed_tasks"),
        path(
            "background-work/<uuid:key>/",
            FailedTasksView.as_view(http_method_names=["post"]),
            name="decide_failed_task",
        ),
    ]


@hooks.register("register_log_actions")
def reader_data_actions(actions):
    def register(action, action_label, message):
        @actions.register_action(action)
        class AccessToReaderData(LogFormatter):
            label = action_label

            def format_message(self, log_entry):
                return message % {"what": access_log.in_words(log_entry.data)}

    register(access_log.LOOKED_AT, _("Look at readers' data"), _("Readers' data looked at: %(what)s"))
    register(access_log.EXPORTED, _("Export of readers' data"), _("Readers' data exported: %(what)s"))
    register(access_log.ERASED, _("Erasure of readers' data"), _("Readers' data erased: %(what)s"))


# This runs after Wagtail's own handler, which it replaces.
@hooks.register("register_rich_text_features", order=10)
def link_to_public_pages_only(features):
    features.register_link_type(PublicPageLink)


class NetworkItem(MenuItem):
    def is_shown(self, request):
        return request.user.is_superuser


@hooks.register("register_reports_menu_item")
def failed_tasks_item():
    return NetworkItem(
        _("Background work"), reverse("failed_tasks"), name="background-work", icon_name="cogs", order=1300
    )


@hooks.register("register_icons")
def drawings(icons):
    return [*icons, *drawings_of(Path(__file__).parent)]


@hooks.register("construct_page_chooser_queryset")
def offer_choosable_pages(pages, request):
    offered = pages.filter(choosable_pages(request.user))
    # The list shows each page's language and state, which Wagtail would query row by row.
    return offered.prefetch_related("locale").prefetch_workflow_states().annotate_approved_schedule()
