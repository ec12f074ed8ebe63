from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "portal.sites"
    label = "sites"

    def ready(self):
        from portal.platform.status.conditions import details
        from portal.sites.ports import addresses

        details["sites"] = addresses
