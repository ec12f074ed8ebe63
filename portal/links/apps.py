from django.apps import AppConfig


class LinksConfig(AppConfig):
    """To remove the app, delete this folder and its line in the settings."""

    name = "portal.links"
    label = "links"

    def ready(self) -> None:
        from portal.content.extension_points import site_figures
        from portal.editorial.approval import checklist
        from portal.editorial.public_records.registry import NOT_PUBLIC
        from portal.links.findings import BROKEN_LINKS, broken_links
        from portal.links.report import BROKEN_LINKS_OF_SITE

        NOT_PUBLIC["links"] = "which links of pages work; what readers see of them is pages"
        checklist.lines.append(BROKEN_LINKS)
        checklist.recommendations.append(broken_links)
        site_figures.append(BROKEN_LINKS_OF_SITE)
