from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "portal.sites.transfer"
    label = "transfer"

    def ready(self):
        from portal.sites import deletion
        from portal.sites.transfer.exporting import export_site

        deletion.export = export_site
