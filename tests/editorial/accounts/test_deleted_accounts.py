"""An account's history outlives the account."""

from django.urls import reverse
from django.utils import timezone

from portal.content import personal_data
from portal.editorial.models import AccountChange, PublicChange
from portal.editorial.public_records import notifications
from portal.editorial.roles import Role, group_of
from tests.builders import make_member, newsroom_client
from tests.editorial.accounts.test_accounts import act, add_nina, mails_to


def test_history_of_an_account_stays_after_its_deletion(lorraine, newsroom, administrator):
    nina, _answered = add_nina(lorraine, administrator)
    network = make_member("netz", is_superuser=True)

    newsroom_client(lorraine, network).post(reverse("wagtailusers_users:delete", args=[nina.pk]))

    kinds = list(AccountChange.objects.filter(account=nina.pk).values_list("kind", "actor"))
    assert ("created", newsroom[Role.SITE_ADMINISTRATOR].pk) in kinds
    assert kinds[0] == ("deleted", network.pk)
    assert "nina.weber <nina@example.org>" in AccountChange.objects.first().details


def test_acts_of_a_deleted_account_are_still_shown(lorraine, newsroom, administrator):
    nina, _answered = add_nina(lorraine, administrator, Role.SITE_ADMINISTRATOR)
    newsroom_client(lorraine, nina).post(
        reverse("site_accounts_edit", args=[newsroom[Role.EDITOR].pk]), {"password": "yes"}
    )

    nina.delete()

    page = administrator.get(reverse("site_accounts_edit", args=[newsroom[Role.EDITOR].pk])).content.decode()
    assert "a deleted account – sent a link to set the password" in page


def test_address_of_a_deleted_account_is_erased_from_its_history(lorraine, newsroom, administrator):
    nina, _answered = add_nina(lorraine, administrator)
    act(administrator, newsroom[Role.EDITOR], "password")
    nina.delete()
    assert AccountChange.objects.filter(details__contains="nina").exists()

    personal_data.erase("Nina@example.org")

    assert not AccountChange.objects.filter(details__contains="nina").exists()
    assert AccountChange.objects.filter(details=newsroom[Role.EDITOR].email).exists()


def test_approvers_are_notified_of_a_change_by_a_deleted_account(lorraine, newsroom):
    editor = make_member("weg", group_of(lorraine.site, Role.APPROVER))
    PublicChange.objects.create(site=lorraine.site, actor=editor, model="core.Person", title="Claire", kind="changed")
    editor.delete()

    notifications.notify_approvers(timezone.now())

    [message] = mails_to(newsroom[Role.APPROVER].email)
    assert "Claire" in message.body
