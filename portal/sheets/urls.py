"""The URLs of documents by email, below the language."""

from django.urls import path

from portal.sheets import views

app_name = "sheets"
urlpatterns = [
    path("<int:page_key>/<uuid:block>/", views.ask, name="ask"),
    path("<int:page_key>/<uuid:block>/sent/", views.sent, name="sent"),
    path("get/<str:token>/", views.fetch, name="fetch"),
]
