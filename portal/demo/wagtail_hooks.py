"""Adds the catalogue of components to the newsroom of a demo."""

from typing import Any

from django.urls import path
from wagtail import hooks

from portal.demo.components import catalogue


@hooks.register("register_admin_urls")
def catalogue_url() -> list[Any]:
    return [path("components/", catalogue, name="component_catalogue")]
