"""Signed links with which readers change what they have sent, such as a registration or a proposal."""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import override

from portal.content.serving.editions import Edition
from portal.platform.operation.keys import lasting_hash, lasting_signer


@dataclass(frozen=True)
class ReaderLink:
    """The URL itself is the authorisation. Records have `site`, `language` and `same_address`.

    `route` takes the token. Links that were sent are valid only as long as both salts stay as they are.
    """

    route: str
    salt: str
    address_salt: str

    def url(self, record: Any) -> str:
        """Return the full URL."""
        with override(record.language):
            path = reverse(self.route, args=[self.token(record)])
        return str(record.site.root_url + path)

    def token(self, record: Any) -> str:
        """Sign the keys of a record and its site. The address is hashed, because it must not appear in logs."""
        return self._signer.sign_object([record.pk, record.site_id, self._address_hash(record)])

    def record[Record: Any](self, token: str, edition: Edition, records: QuerySet[Record]) -> Record:
        """Return the link's record. Raises Http404 for an invalid token or one for another site."""
        try:
            key, site, address_hash = self._signer.unsign_object(token)
        except (signing.BadSignature, ValueError, TypeError, UnicodeError) as error:
            raise Http404 from error
        found = records.filter(pk=key, site=edition.site, site_id=site).first()
        if found is None or self._address_hash(found) != address_hash:
            raise Http404
        return found

    @property
    def _signer(self) -> signing.Signer:
        return lasting_signer(self.salt, sep=".")

    def _address_hash(self, record: Any) -> str:
        return lasting_hash(self.address_salt, record.same_address)[:16]
