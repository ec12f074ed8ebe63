"""Wagtail's list of all users for network administrators, without the functions of Settings → People."""

from wagtail.users.apps import WagtailUsersAppConfig


class NewsroomUsersConfig(WagtailUsersAppConfig):
    user_viewset = "portal.editorial.accounts.users.NewsroomUserViewSet"
    group_viewset = "portal.editorial.accounts.users.NewsroomGroupViewSet"
