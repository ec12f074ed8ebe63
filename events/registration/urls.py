"""The URLs of registration, below the language prefix."""

from django.urls import path

from events.registration import views

app_name = "registration"
urlpatterns = [
    path("<int:page_key>/<slug:date_key>/", views.register_for, name="form"),
    path("<int:page_key>/<slug:date_key>/sent/", views.registered, name="registered"),
    path("own/<str:token>/", views.own_registration, name="own"),
]
