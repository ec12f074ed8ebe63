"""The settings for the cache, the mail server and the storage of uploaded files."""

from typing import Any

LOCAL = "django.core.cache.backends.locmem.LocMemCache"
OBJECTS = "portal.media.object_storage.ObjectStorage"


def caches(shared: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Django's setting CACHES, from the cache that the workers share."""
    found = {
        "default": shared,
        # Wagtail writes to this cache whenever it reads a rendition, so only memory is fast enough.
        "renditions": {"BACKEND": LOCAL, "LOCATION": "renditions", "TIMEOUT": 600, "OPTIONS": {"MAX_ENTRIES": 5000}},
    }
    if shared["BACKEND"].endswith("RedisCache"):
        shared["BACKEND"] = "portal.platform.operation.cache.ForgivingRedisCache"
    # Other cache entries must not evict the rate-limit counters, so the counters have a cache of their own in memory.
    found["limits"] = shared
    if shared["BACKEND"].endswith("LocMemCache"):
        found["limits"] = {
            "BACKEND": shared["BACKEND"],
            "LOCATION": "limits",
            "OPTIONS": {"MAX_ENTRIES": 200_000},
        }
    return found


def mailers(address: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Django's setting MAILERS, from the parsed address such as `submission://…`."""
    mailer: dict[str, Any] = {"BACKEND": address["EMAIL_BACKEND"]}
    if address["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
        mailer["OPTIONS"] = {
            "host": address["EMAIL_HOST"],
            "port": address["EMAIL_PORT"],
            "username": address["EMAIL_HOST_USER"],
            "password": address["EMAIL_HOST_PASSWORD"],
            "use_tls": address["EMAIL_USE_TLS"],
            "use_ssl": address["EMAIL_USE_SSL"],
            "timeout": 10,
        }
    elif address["EMAIL_BACKEND"].endswith("console.EmailBackend"):
        mailer["BACKEND"] = "portal.platform.operation.console_mail.EmailBackend"
    return {"default": mailer}


def storages(objects: dict[str, str | None], *, hashed: bool) -> dict[str, dict[str, Any]]:
    """Django's setting STORAGES: uploaded files in an object storage or in MEDIA_ROOT, and static files."""
    files: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    if objects:
        files = {"BACKEND": OBJECTS, "OPTIONS": objects}
    static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if not hashed:
        static = "django.contrib.staticfiles.storage.StaticFilesStorage"
    # Unlike uploaded files, static files must be world-readable: a container image collects them as root.
    modes = {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755}
    return {"default": files, "staticfiles": {"BACKEND": static, "OPTIONS": modes}}
