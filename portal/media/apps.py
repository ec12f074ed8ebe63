from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "portal.media"
    label = "media"

    def ready(self) -> None:
        from willow.registry import registry

        from portal.media import rendering

        registry.register_plugin(rendering)
