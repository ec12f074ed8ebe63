"""The models of images, renditions and documents."""

from contextlib import nullcontext
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from wagtail.documents.models import AbstractDocument, Document as WagtailDocument
from wagtail.images.models import AbstractImage, AbstractRendition, Image as WagtailImage
from wagtail.images.rect import Rect
from wagtail.utils.file import hash_filelike

from portal.media.faces import focus_on_faces
from portal.media.stored import StorageUnavailableError
from portal.media.uploads import redraw
from portal.recordings.length import seconds_in
from portal.recordings.types import AUDIO, VIDEO, extension_of, kind_of

# The length to which Wagtail cuts a picture's name in a rendition's name, so that it fits the column.
MAX_NAME_LENGTH = 45


class Image(AbstractImage):
    credit = models.CharField(
        _("credit"),
        max_length=255,
        blank=True,
        help_text=_("Photographer or source. Empty on upload: taken from the file, if it names one."),
    )
    licence = models.CharField(
        _("licence"),
        max_length=160,
        blank=True,
        help_text=_("The right to use it: CC BY 4.0, a commission, a consent."),
    )
    licence_ends = models.DateField(
        _("end of the licence"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("The last day on which it may be shown. Empty: no limit."),
    )

    tags = TaggableManager(blank=True, verbose_name=_("tags"), related_name="portal_images")

    is_searched_for_faces = False

    admin_form_fields = (*WagtailImage.admin_form_fields, "credit", "licence", "licence_ends")

    @property
    def default_alt_text(self) -> str:
        """The description; never the title, which is often a file name."""
        return self.description

    def has_focal_point(self) -> bool:
        return super().get_focal_point() is not None

    def get_focal_point(self) -> Rect:
        """The part that crops preserve: the focal point, or else the upper third, where heads usually are."""
        chosen: Rect | None = super().get_focal_point()
        return Rect(0, 0, self.width, self.height / 3) if chosen is None else chosen

    def generate_rendition_file(self, filter, *, source=None):  # noqa: A002 - Wagtail's own name
        with self.open_file() if source is None else nullcontext(source) as file:
            if filter.spec == "original":
                # Wagtail would decode and encode the whole picture in this process.
                drawn = redraw(file)
                stem, extension = PurePath(self.file.name).stem, PurePath(drawn.name).suffix
                return ContentFile(drawn.content, name=f"{stem[:MAX_NAME_LENGTH]}.original{extension}")
            return super().generate_rendition_file(filter, source=file)

    class Meta(AbstractImage.Meta):
        # The newsroom looks up files by name.
        indexes = [models.Index(fields=["file"], name="media_image_by_file")]
        # Wagtail's own Image uses the plain name.
        default_related_name = "portal_images"
        permissions = [("choose_image", "Can choose image")]
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def save(self, *args, **kwargs):
        # Rendition URLs contain the file's hash: without it, caches would serve a replaced file.
        if self.file and not self.file_hash:  # type: ignore[has-type]
            with self.open_file() as file:
                self.file_hash = hash_filelike(file)
                self.file_size = file.size
        if self._state.adding and self.file and not self.is_searched_for_faces:
            self.search_for_faces()
        return super().save(*args, **kwargs)

    def search_for_faces(self) -> None:
        """Set the focal point of a new picture that has none.

        This is slow, so call it before a transaction with other writes. Otherwise `save` does.
        """
        self.is_searched_for_faces = True
        if not self.has_focal_point():
            with self.open_file() as file:
                self.set_focal_point(focus_on_faces(file))


class Rendition(AbstractRendition):
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        indexes = [models.Index(fields=["file"], name="media_rendition_by_file")]
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="media_rendition_once_per_filter_and_focus"
            )
        ]


class Document(AbstractDocument):
    is_gated = models.BooleanField(
        _("by mail only"),
        default=False,
        help_text=_("Readers get a link to it by mail, on request; its own address is not accessible."),
    )

    # The length of an audio or video file; None if it does not say it.
    seconds = models.PositiveIntegerField(null=True, editable=False)

    tags = TaggableManager(blank=True, verbose_name=_("tags"), related_name="portal_documents")

    admin_form_fields = (*WagtailDocument.admin_form_fields, "is_gated")

    class Meta(AbstractDocument.Meta):
        indexes = [models.Index(fields=["file"], name="media_document_by_file")]
        default_related_name = "portal_documents"
        permissions = [("choose_document", "Can choose document")]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def save(self, *args, **kwargs):
        # The form sets an upload's hash and size; other code, such as the demo, does not.
        if self._state.adding and self.file and not (self.file_hash and self.file_size):  # type: ignore[has-type]
            with self.open_file() as file:
                self.file_hash, self.file_size = hash_filelike(file), file.size
        if self._state.adding and self.file and self.seconds is None:
            with self.open_file() as file:
                self.measure(file)
        return super().save(*args, **kwargs)

    @property
    def recorded_as(self) -> str:
        """AUDIO or VIDEO; empty for other documents."""
        kind = kind_of(self.file.name or "")
        return kind if kind in (AUDIO, VIDEO) else ""

    def measure(self, file) -> None:
        """Read from a file how long it is. It takes a process, so `save` only does it for a new document."""
        self.seconds = seconds_in(file, extension_of(file.name)) if kind_of(file.name) in (AUDIO, VIDEO) else None

    def get_file_size(self) -> int | None:
        """The size. Wagtail would store a missing one, so that a GET request would change the content version."""
        if self.file_size is None:
            try:
                return int(self.file.size)
            except (OSError, StorageUnavailableError):
                return None
        return int(self.file_size)
