"""Wagtail's user list for network administrators, without the parts that Settings → People has."""

from wagtail.users.apps import WagtailUsersAppConfig


class NewsroomUsersConfig(WagtailUsersAppConfig):
    user_viewset = "portal.editorial.accounts.users.NewsroomUserViewSet"
    group_viewset = "portal.editorial.accounts.users.NewsroomGroupViewSet"
