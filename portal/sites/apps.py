from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "portal.sites"
    label = "sites"

    def ready(self):
        from wagtail.sites.views import SiteViewSet

        from portal.editorial.public_records.registry import NOT_PUBLIC
        from portal.platform.status.conditions import details
        from portal.sites.hosts.checking import certificates
        from portal.sites.hosts.site_form import EditedSiteForm
        from portal.sites.ports import addresses

        details["sites"] = addresses
        details["certificates"] = certificates
        NOT_PUBLIC["sites"] = "whether hosts answer, for network administrators"
        # Wagtail's form would change a host without a redirect, also to one of another site.
        SiteViewSet.get_form_class = lambda viewset, for_update=False: EditedSiteForm
