"""The URLs to which forms are posted, below the language."""

from django.urls import path

from home.forms import views

app_name = "forms"
urlpatterns = [
    path("<int:page_key>/", views.send, name="send"),
    path("<int:page_key>/sent/", views.sent, name="sent"),
]
