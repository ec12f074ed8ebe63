from django.apps import AppConfig


class OverridesConfig(AppConfig):
    name = "portal.overrides"
    label = "overrides"
