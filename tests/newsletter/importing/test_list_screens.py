"""Administrators import their site's lists in the newsroom: columns, dry run, report, undo."""

import csv
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal.editorial.roles import Role
from portal.newsletter.importing.lists import read_list
from portal.newsletter.importing.running import delete_proposed, store_list
from portal.newsletter.models import ConsentStep, ListImport, Subscriber
from portal.newsletter.newsroom import imports
from portal.newsletter.newsroom.import_forms import ImportPlanForm
from portal.newsletter.subscribers.subscription import SubscriptionChoice, confirm, request_subscription, unsubscribe
from tests.builders import newsroom_client, work_off
from tests.checkers.refusals import is_refused
from tests.newsletter.importing.service_lists import LISTS, XLS
from tests.newsletter.makers import make_newsletter, make_subscriber, sent_mails

pytestmark = pytest.mark.django_db
PROOF = "Asked on paper at the fair of 2024: “I want the newsletter.”"
DATED = b"email;consented_at\nclaire@reader.example;2024-03-01\nleon@reader.example;\nOdd;\n"
State = ListImport.State


@pytest.fixture
def administrator(lorraine, staff):
    return newsroom_client(lorraine, staff[Role.SITE_ADMINISTRATOR])


@pytest.fixture
def foreign(saar) -> ListImport:
    """A list of the other site, which this site must not show."""
    return store_list(make_newsletter(saar), "fremde-liste.csv", b"email\nfremd@reader.example\n")


def upload(client, newsletter, content: bytes):
    file = SimpleUploadedFile("list.csv", content)
    return client.post(reverse("newsletter_import"), {"newsletter": newsletter.pk, "file": file})


def act(client, list_import: ListImport, action: str, **fields):
    """Send the proposed form with these changes."""
    url = reverse("newsletter_list", args=[list_import.pk])
    form = client.get(url).context["form"]
    proposed = {name: form[name].initial or "" for name in form.fields} if form else {}
    sent = {**proposed, "proof": PROOF, "action": action, **{name.replace("_n", "-"): v for name, v in fields.items()}}
    return client.post(url, {name: value for name, value in sent.items() if value is not False}, follow=True)


def imported(client, newsletter, content: bytes, **fields) -> ListImport:
    upload(client, newsletter, content)
    list_import = ListImport.objects.latest("pk")
    act(client, list_import, "import", **fields)
    work_off()
    list_import.refresh_from_db()
    return list_import


def states() -> dict[str, str]:
    return dict(Subscriber.objects.values_list("address", "state"))


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"name,phone\na,b\n", b"email\n\0", b"email\n" + b"a@reader.example\n" * 320_000],
    ids=["empty", "half a letter", "without addresses", "zero byte", "over 5 MB"],
)
def test_invalid_list_is_a_form_error(newsletter, administrator, content):
    assert upload(administrator, newsletter, content).status_code == 200
    assert not ListImport.objects.exists()


def test_page_shows_the_proposal_with_ten_lines(newsletter, administrator):
    lines = "".join(f"reader-{number}@reader.example;{number}\n" for number in range(1, 13))
    page = upload(administrator, newsletter, f"Courriel;Segment 7\n{lines}".encode())
    shown = administrator.get(page["Location"])

    assert [field.initial for field, _values in shown.context["form"].column_rows()] == ["address", ""]
    assert "reader-10@" in shown.text
    assert "reader-11@" not in shown.text


def test_column_without_a_role_stops_the_import(newsletter, administrator):
    upload(administrator, newsletter, b"email;Segment 7;consented_at\nclaire@reader.example;x;2024-03-01\n")
    list_import = ListImport.objects.get()

    act(administrator, list_import, "import")
    list_import.refresh_from_db()
    assert list_import.state == State.PROPOSED

    act(administrator, list_import, "import", column_n1="ignored")
    work_off()
    assert states() == {"claire@reader.example": "active"}


def test_dry_run_counts_and_stores_nobody(newsletter, administrator):
    upload(administrator, newsletter, DATED)

    page = act(administrator, ListImport.objects.get(), "check")
    work_off()

    assert "new subscribers: 1" in page.text
    assert "left out: no date of consent: 1" in page.text
    assert not Subscriber.objects.exists()


def test_consent_is_stored_with_its_proof(newsletter, administrator, staff):
    imported(administrator, newsletter, DATED)

    step = ConsentStep.objects.get()
    assert step.kind == ConsentStep.Kind.IMPORTED
    name = staff[Role.SITE_ADMINISTRATOR].get_username()
    assert step.details == f"{PROOF}\n[{name}]\nconsented_at: 2024-03-01T00:00:00+01:00"
    assert sent_mails() == []


def test_people_without_a_date_of_consent_get_a_mail_if_chosen(newsletter, administrator):
    imported(administrator, newsletter, DATED, sends_invitations="on")

    assert states() == {"claire@reader.example": "active", "leon@reader.example": "pending"}
    assert [message.to for message in sent_mails()] == [["leon@reader.example"]]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("01/01/0001", "before 1990"),
        ("31/03/0205", "before 1990"),
        ("31/12/1989", "before 1990"),
        ("31/03/2999", "in the future"),
    ],
)
def test_impossible_day_of_consent_of_all_others_is_a_form_error(newsletter, administrator, day, reason):
    upload(administrator, newsletter, DATED)

    page = act(administrator, ListImport.objects.get(), "import", agreed_on=day)
    work_off()

    assert reason in " ".join(page.context["form"].errors["agreed_on"])
    assert not Subscriber.objects.exists()


def test_workbook_of_excel_before_2007_is_imported(newsletter, administrator):
    imported(administrator, newsletter, XLS.read_bytes())

    assert states() == {"claire@reader.example": "active"}


@pytest.mark.parametrize("name", LISTS)
def test_export_of_a_service_makes_nobody_active_who_is_not_active_there(newsletter, administrator, name):
    imported(administrator, newsletter, LISTS[name].content, agreed_on="31/03/2025", sends_invitations="on")

    assert states() == {"claire@reader.example": "active"}


def test_group_becomes_a_section_and_one_without_a_section_all(lorraine, newsletter, administrator):
    content = b"email;Gruppen\nclaire@reader.example;Wirtschaft, Presse\nleon@reader.example;Presse\n"
    upload(administrator, newsletter, content)
    list_import = ListImport.objects.get()
    form = administrator.get(reverse("newsletter_list", args=[list_import.pk])).context["form"]
    number = [word for word, _count in form.groups].index("Wirtschaft")
    key = str(lorraine.section.translation_key)

    act(administrator, list_import, "import", agreed_on="31/03/2025", **{f"group_n{number}": key})
    work_off()

    claire, leon = Subscriber.objects.order_by("address")
    assert (claire.section_keys, leon.section_keys) == ({lorraine.section.translation_key}, set())


def test_group_with_the_name_of_a_section_is_proposed_for_it(lorraine, newsletter, administrator):
    upload(
        administrator, newsletter, f"email;groups\nclaire@reader.example;{lorraine.section.title.upper()}\n".encode()
    )

    form = administrator.get(reverse("newsletter_list", args=[ListImport.objects.get().pk])).context["form"]

    assert form["group-0"].initial == str(lorraine.section.translation_key)


def test_list_is_deleted_once_it_is_imported(newsletter, administrator):
    list_import = imported(administrator, newsletter, DATED)

    assert (list_import.state, list_import.table) == (State.DONE, None)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lines_that_were_left_out_are_downloaded_with_the_reason(newsletter, administrator, kind):
    list_import = imported(administrator, newsletter, DATED)

    response = administrator.get(reverse("newsletter_list_refused", args=[list_import.pk]), {"export": kind})
    content = b"".join(response.streaming_content) if response.streaming else response.content
    rows = (
        list(csv.reader(StringIO(content.decode("utf-8-sig"))))
        if kind == "csv"
        else [list(map(str, row)) for row in load_workbook(BytesIO(content)).active.values]
    )

    assert [row[0] for row in rows[1:]] == ["3", "4"]
    assert rows[2][1] == "no e-mail address"


def test_undo_leaves_subscribers_that_have_changed(lorraine, newsletter, administrator):
    make_subscriber(lorraine, "mia@reader.example")
    names = ("claire", "eva", "leon", "mia")
    lines = "".join(f"{name}@reader.example;2024-03-01\n" for name in names)
    list_import = imported(administrator, newsletter, f"email;consented_at\n{lines}".encode())
    unsubscribe(Subscriber.objects.get(address="eva@reader.example"), timezone.now())

    act(administrator, list_import, "undo")
    work_off()

    list_import.refresh_from_db()
    assert states() == {"eva@reader.example": "left", "mia@reader.example": "active"}
    assert (list_import.state, list_import.counts["stay"]) == (State.UNDONE, 1)


def test_earlier_request_is_unconfirmed_again_after_the_undo(lorraine, newsletter, administrator):
    now = timezone.now()
    request_subscription(newsletter, lorraine.site, "claire@reader.example", SubscriptionChoice("fr"), now)
    list_import = imported(administrator, newsletter, DATED)

    act(administrator, list_import, "undo")
    work_off()

    assert states() == {"claire@reader.example": "pending"}
    assert confirm(Subscriber.objects.get(), now)


def test_list_and_its_lines_are_invisible_to_the_other_site(newsletter, foreign, administrator):
    overview = administrator.get(reverse("newsletter_import"))
    assert "fremde-liste" not in overview.text
    assert upload(administrator, foreign.newsletter, DATED).status_code == 200
    for name in ("newsletter_list", "newsletter_list_refused"):
        response = administrator.get(reverse(name, args=[foreign.pk]))
        assert is_refused(response)


@pytest.mark.parametrize("action", ["check", "import", "undo", "delete"])
def test_nothing_is_done_with_a_list_of_the_other_site(foreign, administrator, action):
    url = reverse("newsletter_list", args=[foreign.pk])
    fields = {"column-0": "address", "proof": PROOF, "agreed_on": "2024-03-01", "rhythm": "issues", "action": action}

    response = administrator.post(url, fields)
    work_off()

    foreign.refresh_from_db()
    assert is_refused(response)
    assert (foreign.state, foreign.counts) == (State.PROPOSED, {})
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_only_administrators_see_a_list(lorraine, newsletter, staff, role):
    list_import = store_list(newsletter, "list.csv", DATED)
    client = newsroom_client(lorraine, staff[role])

    for name, keys in (("newsletter_import", []), ("newsletter_list", [list_import.pk])):
        assert is_refused(client.get(reverse(name, args=keys)))


def test_export_has_the_proof_and_another_site_can_import_it(lorraine, saar, newsletter, administrator):
    imported(administrator, newsletter, DATED)
    gone = make_subscriber(lorraine, "eva@reader.example")
    unsubscribe(gone, timezone.now())
    make_subscriber(saar, "fremd@reader.example")

    response = administrator.get(reverse("newsletter_subscribers"), {"export": "csv"})
    content = b"".join(response.streaming_content)
    (claire,), (eva,) = read_list(content)

    assert PROOF in claire.source
    assert claire.consented_at == Subscriber.objects.get(address="claire@reader.example").confirmed_at
    assert eva.line == 2
    assert "fremd@" not in content.decode()


@pytest.fixture
def begun_meanwhile(newsletter, administrator, monkeypatch) -> ListImport:
    """A list whose import begins while the view reads the second click."""
    upload(administrator, newsletter, DATED)
    list_import = ListImport.objects.get()
    form = ImportPlanForm

    def begin(*args, **kwargs):
        ListImport.objects.update(state=State.IMPORTING, counts={"new": 7}, done=2)
        return form(*args, **kwargs)

    monkeypatch.setattr(imports, "ImportPlanForm", begin)
    return list_import


@pytest.mark.parametrize("action", ["check", "import"])
def test_second_click_does_not_change_an_import_that_has_begun(administrator, begun_meanwhile, action):
    url = reverse("newsletter_list", args=[begun_meanwhile.pk])
    fields = {"column-0": "address", "column-1": "consent", "rhythm": "issues", "proof": PROOF, "action": action}

    page = administrator.post(url, fields, follow=True)

    begun_meanwhile.refresh_from_db()
    assert (begun_meanwhile.counts, begun_meanwhile.plan["proof"]) == ({"new": 7}, "")
    assert "Nothing has changed" in page.text


def test_import_that_has_begun_is_not_deleted(newsletter, administrator):
    upload(administrator, newsletter, DATED)
    stale = ListImport.objects.get()
    ListImport.objects.update(state=State.IMPORTING)

    assert not delete_proposed(stale)
    assert ListImport.objects.exists()
