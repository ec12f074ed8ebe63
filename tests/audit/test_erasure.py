"""Erased people stay erased in the audit log, and its chain of hashes stays valid."""

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction
from django.utils.translation import gettext

from portal.audit.chain import chain_pending, problems
from portal.audit.log import record
from portal.audit.models import AuditEntry, AuditWords
from portal.content.personal_data import erase, export
from tests.audit.acts import sql

pytestmark = pytest.mark.django_db
ADDRESS = "anna@example.org"


def texts() -> str:
    return "\n".join(AuditWords.objects.values_list("text", flat=True))


def record_mails(site=None):
    record("portal.test", site=site, title=f"Mail to <{ADDRESS}>")
    record("portal.test", site=site, title="Mail to <berthe@example.org>")
    chain_pending()


def test_texts_with_an_address_are_exported_and_erased():
    record_mails()
    assert len(export("ANNA@example.org")[gettext("Audit log")]) == 1

    erase(ADDRESS)
    chain_pending()

    assert ADDRESS not in texts()
    assert "berthe@example.org" in texts()
    assert AuditEntry.objects.filter(action="portal.test").count() == 2
    assert list(problems()) == []


def test_deleted_account_is_erased_from_all_its_entries():
    user = get_user_model().objects.create(username="anna", first_name="Anna", last_name="Keller", email=ADDRESS)
    record("portal.test", actor=user, title="Something else")
    user.delete()
    chain_pending()
    assert "Anna Keller" in texts()

    erase(ADDRESS)
    chain_pending()

    assert "Anna Keller" not in texts()
    assert "Something else" in texts()
    assert list(problems()) == []


def test_existing_account_is_not_erased():
    user = get_user_model().objects.create(username="anna", first_name="Anna", last_name="Keller", email=ADDRESS)
    record("portal.account.address", target=user, after=ADDRESS)
    record("portal.test", actor=user)
    erase(ADDRESS)

    assert "Anna Keller" in texts()
    assert ADDRESS in texts()


def test_site_erases_only_its_own_entries(lorraine, saar):
    record_mails(lorraine.site.pk)
    record_mails(saar.site.pk)
    erase(ADDRESS, [lorraine.site])

    assert texts().count(ADDRESS) == 1


def test_erasure_permits_no_other_deletion():
    record_mails()
    erase(ADDRESS)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql("DELETE FROM audit_auditwords WHERE text LIKE '%berthe%'")
