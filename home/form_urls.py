"""The URLs to which forms are posted, below the language."""

from django.urls import path

from home import form_views

app_name = "forms"
urlpatterns = [
    path("<int:page_key>/", form_views.send, name="send"),
    path("<int:page_key>/sent/", form_views.sent, name="sent"),
]
