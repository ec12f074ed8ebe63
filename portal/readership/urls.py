"""The public readership URL, below the language."""

from django.urls import path

from portal.readership.objection import objection

app_name = "readership"

urlpatterns = [path("objection/", objection, name="objection")]
