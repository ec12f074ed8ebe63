"""Wagtail's list of all users, for the network's administrators, without what Settings → People does by mail."""

from wagtail.users.apps import WagtailUsersAppConfig


class NewsroomUsersConfig(WagtailUsersAppConfig):
    user_viewset = "portal.editorial.accounts.users.NewsroomUserViewSet"
