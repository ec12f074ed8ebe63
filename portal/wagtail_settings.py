"""Settings of Wagtail that do not depend on the environment."""

from portal.recordings.types import MEDIA_TYPES

WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "portal.editorial.sign_in.password_reset.ResetRequestForm"  # noqa: S105
# Nobody sets another person's password or address directly: Settings → People sends emails.
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# The account has a separate page for the password, which also requires a second factor.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = True
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_AUTOSAVE_INTERVAL = 3000
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "portal.editorial.publishing.publish_approved"
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
# In this mode a translation is an ordinary draft that can be submitted for review; it can be synchronised on demand.
WAGTAIL_LOCALIZE_DEFAULT_TRANSLATION_MODE = "simple"
WAGTAILIMAGES_IMAGE_MODEL = "media.Image"
WAGTAILIMAGES_IMAGE_FORM_BASE = "portal.media.forms.ImageForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "heif", "jpg", "jpeg", "png", "webp"]
# Larger pictures are refused, except JPEGs, which can be decoded at a reduced size. (The limit of a WebP is
# `portal.media.drawing.MAX_WEBP_PIXELS`.) Pictures beyond the next two limits are scaled down.
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 60 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 100_000_000
PICTURE_MAX_DECODED_PIXELS = 50_000_000
# The web server decodes a stored picture for each of its renditions: 2400 by 2400 need less than 100 MB. A panorama may
# be longer, with the same area (`portal.media.drawing.PANORAMA_SHARE`).
PICTURE_LONGEST_SIDE = 2400
PICTURE_MAX_BYTES = 10 * 1024 * 1024
WAGTAILDOCS_DOCUMENT_MODEL = "media.Document"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "portal.media.forms.DocumentForm"
WAGTAILDOCS_EXTENSIONS = [
    *("csv", "docx", "ics", "odt", "ods", "odp", "pdf", "pptx", "txt", "xlsx", "zip"),
    *MEDIA_TYPES,
]
WAGTAILDOCS_CONTENT_TYPES = MEDIA_TYPES
# Three hours of a conversation as MP3, or twenty minutes of film. The sample of nginx has the same limit.
WAGTAILDOCS_MAX_UPLOAD_SIZE = 200 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILEMBEDS_RESPONSIVE_HTML = True
WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "portal.overrides.requests.rich_text.RichTextArea"}}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.admin_backend"}}
# Wagtail's index tasks run immediately, the portal's own tasks wait in the database for the scheduler.
TASKS = {
    "default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"},
    "durable": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []},
}
# The public API has no authentication.
REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}
