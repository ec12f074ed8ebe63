"""The pictures of a proposal: accepted from its sender, and stored as images when it is taken up."""

import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.permissions import policy_registry

from events.proposals.forms import PictureForm
from events.records import Proposal, ProposalPicture
from events.records.proposals import LONGEST_FILE_NAME
from portal.content.readers.form_fields import one_line
from portal.content.readers.uploads import ScansOfPost, check_content, check_size, may_send, refusal
from portal.editorial.pictures.storing import store_photos
from portal.editorial.roles import media_collection
from portal.media.file_types import PICTURES
from portal.media.models import Image
from portal.media.scanning import scanner
from portal.media.stored import StorageUnavailableError

MOST_PICTURES = 3
MAX_BYTES = 10 * 1024 * 1024
# The limit for all pictures of a site's proposals.
MOST_BYTES_OF_SITE = 2 * 1024**3

logger = logging.getLogger(__name__)


def may_add_picture(proposal: Proposal) -> bool:
    """Whether this installation scans files, and the proposal has room for another picture."""
    return proposal.is_open and scanner() is not None and proposal.pictures.count() < MOST_PICTURES


def add_picture(request: HttpRequest, proposal: Proposal, form: PictureForm) -> bool:
    """Check, scan and store the picture of a valid form; otherwise add an error to it and return False."""
    file = form.cleaned_data["file"]
    try:
        check_size(file, MAX_BYTES)
        if not may_send(request, file.size):
            raise ValidationError(refusal(one_line(file.name)))
        if ProposalPicture.objects.bytes_of(proposal.site_id) + file.size > MOST_BYTES_OF_SITE:
            logger.warning("A picture was refused: the proposals of site %s have too many.", proposal.site_id)
            raise ValidationError(refusal(one_line(file.name)))
        check_content(file, PICTURES, ScansOfPost())
        _store(proposal, file, form)
    except ValidationError as error:
        form.add_error("file", error)
        return False
    return True


def _store(proposal: Proposal, file: Any, form: PictureForm) -> None:
    name = one_line(file.name)
    texts = {key: form.cleaned_data[key] for key in ("description", "credit")}
    stored = ProposalPicture(proposal=proposal, name=name[-LONGEST_FILE_NAME:], size=file.size, **texts)
    try:
        stored.file.save(name, File(file, name=name), save=False)
    except (OSError, StorageUnavailableError) as error:
        logger.exception("A picture of a proposal was refused, because it could not be stored.")
        raise ValidationError(refusal(name)) from error
    try:
        with transaction.atomic():
            # Simultaneous uploads and decisions wait for this lock.
            locked = Proposal.objects.open().select_for_update().filter(pk=proposal.pk).first()
            if locked is None or proposal.pictures.count() >= MOST_PICTURES:
                raise ValidationError(refusal(name))
            stored.save()
    except BaseException:
        stored.file.storage.delete(str(stored.file.name))
        raise


def images_of(proposal: Proposal, user: Any) -> tuple[dict[int, Image], list[str]]:
    """Store the pictures as images of the site.

    Return the images by the key of their picture, and a sentence about each picture that could not be stored.
    """
    images: dict[int, Image] = {}
    problems: list[str] = []
    pictures = list(proposal.pictures.order_by("pk"))
    if pictures and not policy_registry.get_by_type(Image).user_has_permission(user, "add"):
        return {}, [_("You may not add images: the pictures of the proposal were left out.")]
    collection = media_collection(proposal.site)
    try:
        for picture in pictures:
            try:
                with picture.file.open() as content:
                    [(name, stored)] = store_photos([File(content, name=picture.name)], user, collection)  # type: ignore[list-item]
            except (OSError, StorageUnavailableError):
                name, stored = picture.name, _("The file is missing.")
            if isinstance(stored, str):
                problems.append(f"{name}: {stored}")
                continue
            images[picture.pk] = stored
            stored.description, stored.credit = picture.description, picture.credit
            stored.save()
    except BaseException:
        delete_images(images)
        raise
    return images, problems


def delete_images(images: dict[int, Image]) -> None:
    for image in images.values():
        image.delete()
