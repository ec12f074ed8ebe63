from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "portal.sites.transfer"
    label = "transfer"

    def ready(self):
        from portal.content.extension_points import SiteExportFormat, site_export_formats
        from portal.sites import deletion
        from portal.sites.transfer.exporting import export_archive, export_site

        deletion.export = export_site
        site_export_formats["archive"] = SiteExportFormat(export_archive, frozenset({"without_people"}))
