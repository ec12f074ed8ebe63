"""The URLs of the installation."""

from django.apps import apps
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView
from wagtail.admin import urls as admin_urls
from wagtail.documents import urls as document_urls
from wagtail.documents.views.serve import authenticate_with_password as authenticate_with_folder_password
from wagtail.views import authenticate_with_password

from articles.feeds.views import feed
from events.ical.feeds import calendar_file, site_file
from portal.content.api.urls import urlpatterns as api
from portal.content.files.views import document_file, image_file, newsroom_file
from portal.content.readers.page_passwords import limited_guesses
from portal.content.serving import views
from portal.content.share.icons import URLS as ICONS
from portal.content.share.views import share_image
from portal.content.sitemaps.indexnow import key_file
from portal.content.sitemaps.security_txt import security_txt
from portal.content.sitemaps.views import robots, sitemap_catalogue, sitemap_index, sitemap_news, sitemap_part
from portal.editorial import replaced_addresses
from portal.editorial.accounts import views as account_views
from portal.editorial.editing.edit_link import edit_shown_page
from portal.editorial.guests.views import guest_review
from portal.editorial.planning.feed import calendar_feed
from portal.editorial.sign_in.factors.passkeys import related_origins
from portal.editorial.sign_in.views import SessionView

# Separable apps with URLs below the language.
SEPARABLE = ["portal.newsletter", "portal.readership"]

handler400 = "portal.content.serving.views.bad_request"
handler403 = "portal.content.serving.views.permission_denied"
handler404 = "portal.content.serving.views.page_not_found"
handler500 = "portal.content.serving.unavailable.server_error"

urlpatterns = [
    path("", views.landing, name="landing"),
    path("admin/edit/", edit_shown_page, name="edit_shown_page"),
    path("admin/session/", never_cache(SessionView.as_view()), name="newsroom_session"),
    path(f"{settings.MEDIA_URL.strip('/')}/<path:name>", newsroom_file, name="newsroom_file"),
    path("admin/invitation/<str:token>/", account_views.InvitationView.as_view(), name="account_invitation"),
    path("admin/address/<str:token>/", account_views.account_address, name="account_address"),
    path("admin/planning/<str:token>.ics", calendar_feed, name="planning_feed"),
    path("admin/", include(replaced_addresses.urls())),
    path("admin/", include("portal.editorial.sign_in.urls")),
    path("admin/", include(admin_urls)),
    path("documents/<int:document_id>/<path:document_filename>", document_file),
    path(
        "documents/authenticate_with_password/<int:restriction_id>/",
        limited_guesses(authenticate_with_folder_password),
        name="wagtaildocs_authenticate_with_password",
    ),
    path("documents/", include(document_urls)),
    re_path(
        r"^pictures/(?P<signature>[\w=-]+)/(?P<image_id>\d{1,18})/(?P<filter_spec>[\w|.-]+)/$",
        image_file,
        name="picture",
    ),
    re_path(r"^share/(?P<page_id>\d{1,18})/(?P<version>[0-9a-f]{16})\.png$", share_image, name="share_image"),
    *ICONS,
    path("api/v2/", include(api)),
    re_path(r"^(?P<key>[0-9a-f]{32})\.txt$", key_file, name="indexnow_key"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path(".well-known/change-password", RedirectView.as_view(pattern_name="account_change_password")),
    path(".well-known/webauthn", related_origins, name="related_origins"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap_index, name="sitemap"),
    path("sitemap-news.xml", sitemap_news, name="sitemap_news"),
    path("sitemap-catalogue.xml", sitemap_catalogue, name="sitemap_catalogue"),
    re_path(r"^sitemap-(?P<language>[a-z-]{2,12})-(?P<number>\d{1,5})\.xml$", sitemap_part, name="sitemap_part"),
    path("calendar.ics", site_file, name="site_calendar"),
    path("theme-<slug:version>.css", views.theme, name="theme"),
    # Readers of pages for members have an account in the newsroom.
    path(
        "_util/login/",
        RedirectView.as_view(pattern_name="wagtailadmin_login", query_string=True),
        name="wagtailcore_login",
    ),
    *i18n_patterns(
        re_path(r"^_review/(?P<token>[\w:-]{20,300})/$", guest_review, name="guest_review"),
        path(
            "_util/password/<int:page_view_restriction_id>/<int:page_id>/",
            limited_guesses(authenticate_with_password),
            name="wagtailcore_authenticate_with_password",
        ),
        re_path(r"^(?P<path>(?:[^/]+/)*)feed\.(?P<form>rss|atom|json)$", feed, name="feed"),
        re_path(r"^(?P<path>(?:[^/]+/)*)podcast\.xml$", feed, {"form": "podcast"}, name="podcast"),
        re_path(r"^(?P<path>(?:[^/]+/)*[^/]+)\.ics$", calendar_file, name="calendar_file"),
        path("_forms/", include("home.forms.urls")),
        path("_registration/", include("events.registration.urls")),
        path("_proposals/", include("events.proposals.urls")),
        path("_sheets/", include("portal.sheets.urls")),
        path("", include("search.urls")),
        path("", include("home.catalogue_urls")),
        *(
            path(f"_{app.label}/", include(f"{app.name}.urls"))
            for app in apps.get_app_configs()
            if app.name in SEPARABLE
        ),
        re_path(r"^((?:[^/]+/)*)$", views.serve, name="wagtail_serve"),
    ),
]
