"""The URLs of proposals, below the language prefix."""

from django.urls import path

from events.proposals import views
from events.records import Proposal

app_name = "proposals"
urlpatterns = [
    path("<int:page_key>/", views.propose_view, {"kind": Proposal.Kind.EVENT}, name="event"),
    path("<int:page_key>/recap/", views.propose_view, {"kind": Proposal.Kind.RECAP}, name="recap"),
    path("<int:page_key>/sent/", views.sent, name="sent"),
    path("own/<str:token>/", views.own_proposal, name="own"),
]
