"""The public URLs of the newsletter in addition to its pages, below the language."""

from django.urls import path

from portal.newsletter import views
from portal.newsletter.sending import providers

app_name = "newsletter"

urlpatterns = [
    path("sign-up/", views.sign_up, name="sign_up"),
    path("thanks/", views.thanks, name="thanks"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("preferences/<str:token>/", views.preferences, name="preferences"),
    path("leave/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("returns/<slug:provider>/", providers.receive_events, name="provider_events"),
]
