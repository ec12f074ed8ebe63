from django.apps import AppConfig


class MovingConfig(AppConfig):
    """To remove the app, delete this folder and its line in the settings."""

    name = "portal.moving"
    label = "moving"

    def ready(self) -> None:
        from portal.content.extension_points import SiteExportFormat, other_forms, site_export_formats
        from portal.editorial.public_records.registry import NOT_PUBLIC
        from portal.moving.exporting.json_lines import export_json
        from portal.moving.exporting.static_site import export_static
        from portal.moving.exporting.wxr import export_wxr
        from portal.moving.other_forms import other_forms as forms_of_wordpress

        site_export_formats["static"] = SiteExportFormat(export_static)
        site_export_formats["json"] = SiteExportFormat(export_json, frozenset({"drafts"}))
        site_export_formats["wxr"] = SiteExportFormat(export_wxr, frozenset({"drafts", "language"}))
        other_forms.append(forms_of_wordpress)
        NOT_PUBLIC["moving"] = "where pages came from; what readers see of them is pages"
