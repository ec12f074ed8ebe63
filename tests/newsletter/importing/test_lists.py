"""An import subscribes nobody who has unsubscribed, and invents no consent; an ambiguous list is rejected."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.content.personal_data import erase
from portal.newsletter.importing import lists, running
from portal.newsletter.importing.lists import ImportListError, read_list, read_table
from portal.newsletter.importing.tasks import forget_imported, imports_with
from portal.newsletter.models import ConsentStep, ListImport, Rhythm, Subscriber
from portal.newsletter.periodic import delete_expired_data
from portal.newsletter.subscribers.subscription import SubscriptionChoice, data_of, request_subscription
from tests.newsletter.makers import link_to, make_newsletter, make_subscriber, sent_mails

PROOF = "Asked on paper at the fair of 2024: “I want the newsletter.”"
MAILCHIMP = (
    '"Email Address","First Name","Last Name",Address,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,'
    "LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION{more},LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
    '{address},Claire,Humbert,"3 rue Haute",2,"2023-05-04 10:00:00",1.2.3.4,"{confirmed}",1.2.3.4,'
    '48.1,6.2,1,2,Europe/Paris,FR,GES{value},"2024-01-01 00:00:00",1,abc,,"A,B"\n'
)


def mailchimp(address: str = "claire@reader.example", more: str = "", value: str = "", confirmed: str = "") -> str:
    return MAILCHIMP.format(address=address, more=more, value=value, confirmed=confirmed)


def addresses(text: str) -> list[str]:
    return [each.address for each in read_list(text.encode())[0]]


def test_subscribed_export_of_mailchimp_is_read_with_its_date_of_consent():
    (claire,), rejected = read_list(mailchimp(confirmed="2023-05-05 11:00:00").encode())
    (leon,), _rejected = read_list(b"EMAIL;ADDED_TIME\nleon@reader.example;2020-01-01\n")

    assert (claire.address, f"{claire.consented_at:%F %T}") == ("claire@reader.example", "2023-05-05 11:00:00")
    assert rejected == []
    assert leon.consented_at is None, "the time of joining a list is no consent"


@pytest.mark.parametrize(
    ("more", "value"),
    [
        (
            ",UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER",
            ',"2024-02-03 09:00:00",Lettre,12,NORMAL,',
        ),
        (",CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID", ',"2024-02-03 09:00:00",Lettre,12'),
    ],
)
def test_unsubscribed_and_cleaned_mailchimp_exports_import_nobody(more, value):
    subscribers, (rejected,) = read_list(mailchimp(more=more, value=value).encode())

    assert subscribers == []
    assert rejected.line == 2


@pytest.mark.parametrize(
    ("head", "stays", "leaves"),
    [
        ("EMAIL;CONTACT ID;PRENOM;SMS;email_marketing;ADDED_TIME", "1;A;;Subscribed;2020-01-01", "1;A;;Unsubscribed;"),
        ("EMAIL;DOUBLE_OPT-IN;OPT_IN;MODIFIED_TIME", "1;1;2020-01-01", "2;1;2020-01-01"),
        ("EMAIL;EMAIL_BLACKLISTED;SMS_BLACKLISTED", "0;1", "1;0"),
        ("EMAIL;EMAIL_BLACKLIST;SMS_BLACKLIST;DATE_AJOUT;LISTID", "0;1;18-09-2020 12:33:04;3", "1;0;;3"),
        ("email;Statut", "abonné", "désinscrit"),
        ("email;status", "Active", "hard_bounced"),
        ("email;status", "active", "Blacklisted"),
        ("email;bounced", "no", "yes"),
        ("email;unsubscribed_at", "", "2025-01-01"),
        ("email;unsub reason", "", "NORMAL"),
        ("email;clean campaign title", "", "Lettre 12"),
        ("email;tags", "foire, presse", "foire, unsubscribed"),
    ],
)
def test_unsubscribed_bounced_and_unconsenting_people_are_skipped(head, stays, leaves):
    assert addresses(f"{head}\nclaire@reader.example;{stays}\nleon@reader.example;{leaves}\n") == [
        "claire@reader.example"
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("email,Segment 7\nclaire@reader.example,oui\n", "Segment 7"),
        ("email,\na@example.org,unsubscribed\n", "2"),
        ("email,name\nb@example.org,Bea\na@example.org,Anna,unsubscribed\n", "3"),
        ("email,unsub time\na@example.org\n", "2"),
    ],
)
def test_ambiguous_list_is_rejected_as_a_whole(text, named):
    with pytest.raises(ImportListError, match=named):
        read_list(text.encode())


@pytest.mark.parametrize(("name", "word"), [("status", "sleeping"), ("blacklisted", "perhaps"), ("opt_in", "3")])
def test_line_with_an_unknown_word_is_left_out_with_it(name, word):
    text = f"email,{name}\nclaire@reader.example,{word}\nclaire@reader.example,\n"
    subscribers, (first, *_others) = read_list(text.encode())

    assert subscribers == []
    assert (first.line, word in first.reason) == (2, True)


def test_worse_of_two_columns_counts():
    assert addresses("email,status,Status\nclaire@reader.example,unsubscribed,subscribed\n") == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('email,name\nclaire@reader.example,"Claire\nleon@reader.example,Léon\n', 2),
        ('email,name\n"claire@reader.example,Claire\nleon@reader.example,Léon\n', 2),
        ('email,name\nclaire@reader.example,"Claire\nleon@reader.example,Léon"\n', 2),
        ('email,name\neva@reader.example,Eva\nclaire@reader.example,"Claire"X"\nleon@reader.example,Léon\n', 3),
        ('email,name\nleon@reader.example,Léon\nclaire@reader.example,"Claire', 3),
    ],
    ids=["never closed", "before the address", "closed by a later line", "closed too early", "last line"],
)
def test_unclosed_quote_is_reported(text, line):
    with pytest.raises(ImportListError, match=f"ligne {line} "):
        read_list(text.encode())


def test_line_break_in_a_cell_belongs_to_the_cell():
    text = 'email,address\nclaire@reader.example,"3 rue Haute\n54000 Nancy"\nleon@reader.example,\n'

    assert addresses(text) == ["claire@reader.example", "leon@reader.example"]


def test_every_line_is_imported_or_skipped_with_a_reason():
    lines = [
        "claire@reader.example,active",
        "Claire@reader.example,active",
        "leon@reader.example,active",
        "leon@reader.example,unsubscribed",
        ",active",
        "no address,active",
        "eva@reader.example,active",
    ]
    subscribers, rejected = read_list("\n".join(["email,status", *lines]).encode())

    assert [each.address for each in subscribers] == ["claire@reader.example", "eva@reader.example"]
    assert [each.line for each in rejected] == [3, 4, 5, 6, 7]
    assert all(each.reason for each in rejected)


def test_empty_lines_and_cells_are_ignored():
    assert addresses("email,name\nclaire@reader.example,Claire,,\n,\n ,\n") == ["claire@reader.example"]


@pytest.mark.parametrize("date", ["2999-01-01", "9999-12-31T23:59:59-12:00", "0001-01-01", "0001-01-01T00:00:00+12:00"])
def test_consent_with_an_impossible_date_is_ignored(date):
    subscribers, (rejected,) = read_list(f"email,consented_at\nclaire@reader.example,{date}\n".encode())

    assert subscribers == []
    assert rejected.line == 2


@pytest.fixture
def newsletter(lorraine):
    return make_newsletter(lorraine)


def import_file(newsletter, tmp_path, text: str, **options) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text)
    call_command("import_subscribers", newsletter.pk, file, **{"proof": PROOF, **options})


UNDATED = "email,consented_at\nclaire@reader.example,2024-03-01\nleon@reader.example,\n"


def test_consent_is_stored_with_its_date(newsletter, tmp_path):
    import_file(newsletter, tmp_path, UNDATED)

    claire = Subscriber.objects.get()
    assert data_of(claire)["confirmed_at"].startswith("2024-0")
    assert "2024-0" in ConsentStep.objects.get(subscriber=claire).details
    assert "asked_at" not in data_of(claire)


def test_line_without_a_date_of_consent_is_left_out(newsletter, tmp_path, capsys):
    import_file(newsletter, tmp_path, UNDATED)

    assert [each.address for each in Subscriber.objects.all()] == ["claire@reader.example"]
    assert "line 3: no date of consent" in capsys.readouterr().err


def test_day_on_which_all_others_agreed_is_the_date_of_their_consent(newsletter, tmp_path):
    import_file(newsletter, tmp_path, UNDATED, agreed=date(2024, 5, 3))

    claire, leon = Subscriber.objects.order_by("address")
    assert [timezone.localtime(each.confirmed_at).date() for each in (claire, leon)] == [
        date(2024, 3, 1),
        date(2024, 5, 3),
    ]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(1, 1, 1), "before 1990"),
        (date(205, 3, 31), "before 1990"),
        (date(1989, 12, 31), "before 1990"),
        (date(2999, 1, 1), "in the future"),
    ],
)
def test_impossible_day_on_which_all_others_agreed_is_refused(newsletter, tmp_path, day, reason):
    with pytest.raises(CommandError, match=f"{day.isoformat()}: .*{reason}"):
        import_file(newsletter, tmp_path, UNDATED, agreed=day)

    assert not ListImport.objects.exists()


def test_mail_asks_those_without_a_date_of_consent_who_then_confirm(newsletter, tmp_path, client):
    import_file(newsletter, tmp_path, UNDATED, invite=True)

    leon = Subscriber.objects.get(address="leon@reader.example")
    (message,) = sent_mails()
    assert (leon.state, message.to) == (Subscriber.State.PENDING, [leon.address])
    client.post(link_to(message.body, "confirm"), headers={"host": leon.site.hostname})
    leon.refresh_from_db()
    assert leon.state == Subscriber.State.ACTIVE


def test_second_import_sends_no_second_mail(newsletter, tmp_path):
    for _ in range(2):
        import_file(newsletter, tmp_path, UNDATED, invite=True)

    assert len(sent_mails()) == 1


def test_dry_run_says_what_the_import_does_and_stores_nothing(newsletter, tmp_path, capsys):
    import_file(newsletter, tmp_path, UNDATED, dry_run=True)

    assert "2 lines: 1 added, 0 invited" in capsys.readouterr().out
    assert not Subscriber.objects.exists()
    assert not ListImport.objects.exists()


def test_stopped_import_of_a_list_resumes(newsletter, monkeypatch):
    monkeypatch.setattr(running, "BATCH_SIZE", 2)
    lines = "".join(f"reader-{number}@reader.example,2024-03-01\n" for number in range(5))
    stored = running.store_list(newsletter, "list.csv", f"email,consented_at\n{lines}".encode())
    stored.plan["proof"], stored.state = PROOF, ListImport.State.IMPORTING
    stored.save()
    parts = iter([False, True])

    assert not running.run_import(stored, lambda: next(parts))
    assert Subscriber.objects.count() == 2
    assert running.run_import(ListImport.objects.get())

    assert ListImport.objects.get().counts == {"added": 5}
    assert ConsentStep.objects.count() == 5


def test_batch_of_an_import_does_not_read_the_whole_list_again(newsletter, monkeypatch):
    def readings(size: int) -> int:
        monkeypatch.setattr(running, "BATCH_SIZE", size)
        lines = "".join(f"reader-{size}-{number}@reader.example,2024-03-01\n" for number in range(6))
        stored = running.store_list(newsletter, "list.csv", f"email,consented_at\n{lines}".encode())
        stored.plan["proof"], stored.state = PROOF, ListImport.State.IMPORTING
        stored.save()
        with CaptureQueriesContext(connection) as queries:
            running.run_import(stored)
        return sum('"newsletter_listimport"."table"' in query["sql"].partition(" FROM ")[0] for query in queries)

    assert readings(1) == readings(6)
    assert Subscriber.objects.count() == 12


def test_plan_is_read_without_what_another_version_has_added(newsletter):
    stored = running.store_list(newsletter, "list.csv", b"email\nclaire@reader.example\n")
    before = running.plan_of(stored)

    stored.plan["of_another_version"] = 1

    assert running.plan_of(stored) == before


LEON = "leon@reader.example"


@pytest.fixture
def running_import(newsletter, monkeypatch) -> ListImport:
    """An import of two people, one at a time, that has begun."""
    monkeypatch.setattr(running, "BATCH_SIZE", 1)
    return begun(newsletter)


def begun(newsletter) -> ListImport:
    content = f"email,consented_at\nclaire@reader.example,2024-03-01\n{LEON},2024-03-01\n"
    stored = running.store_list(newsletter, "list.csv", content.encode())
    stored.plan["proof"], stored.state = PROOF, ListImport.State.IMPORTING
    stored.save()
    return stored


def subscribed_at(ground) -> list[str]:
    return list(Subscriber.objects.of(ground.site).order_by("address").values_list("address", flat=True))


def test_person_who_is_erased_during_an_import_is_not_added_again(lorraine, saar, running_import):
    other = begun(make_newsletter(saar))

    def erase_after_the_first_batch() -> bool:
        if subscribed_at(lorraine):
            erase(LEON, [lorraine.site])
        return False

    running.run_import(running_import, erase_after_the_first_batch)
    running.run_import(other)

    assert subscribed_at(lorraine) == ["claire@reader.example"]
    assert subscribed_at(saar) == ["claire@reader.example", LEON]


def test_person_who_is_imported_during_their_erasure_is_erased(lorraine, running_import, monkeypatch):
    def imports_after_the_last_batch(address: str):
        running.run_import(running_import)
        return imports_with(address)

    monkeypatch.setattr("portal.newsletter.personal_data.imports_with", imports_after_the_last_batch)
    erase(LEON)

    assert subscribed_at(lorraine) == ["claire@reader.example"]


def test_list_that_is_imported_during_an_erasure_stays_deleted(running_import):
    found = imports_with(LEON)
    assert list(found) == [running_import]
    running.run_import(running_import)

    forget_imported(found, LEON)

    assert ListImport.objects.get().table is None


def test_command_imports_a_list_once_and_rejects_a_bad_one(newsletter, tmp_path, capsys):
    for _ in range(2):
        import_file(newsletter, tmp_path, "email\nclaire@reader.example\n", rhythm="weekly", agreed=date(2024, 5, 3))

    assert "0 added, 0 invited, 1 known" in capsys.readouterr().out
    assert Subscriber.objects.get().rhythm == Rhythm.WEEKLY
    with pytest.raises(CommandError, match="Known"):
        call_command("import_subscribers", 0, tmp_path / "list.csv", proof=PROOF)
    with pytest.raises(CommandError, match="too short"):
        import_file(newsletter, tmp_path, "email\n", proof="yes")
    with pytest.raises(CommandError, match="Segment"):
        import_file(newsletter, tmp_path, "email,Segment\nleon@reader.example,x\n")
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize("state", [Subscriber.State.LEFT, Subscriber.State.STOPPED])
def test_unsubscribed_people_are_not_subscribed_by_an_import(lorraine, newsletter, tmp_path, state):
    for name in ("claire", "leon"):
        make_subscriber(lorraine, f"{name}@reader.example", state=state)
    # Anybody can enter an address into the form.
    request_subscription(newsletter, lorraine.site, "leon@reader.example", SubscriptionChoice("fr"), timezone.now())

    rows = "".join(f"{name}@reader.example,active,2025-01-01\n" for name in ("claire", "leon"))
    import_file(newsletter, tmp_path, f"email,status,consented_at\n{rows}")

    states = Subscriber.objects.order_by("address").values_list("state", flat=True)
    assert list(states) == [state, Subscriber.State.PENDING]


def test_unconfirmed_request_does_not_cancel_an_unsubscription(lorraine, newsletter, tmp_path):
    now = timezone.now()
    make_subscriber(lorraine, "claire@reader.example", state=Subscriber.State.LEFT, confirmed_at=None, left_at=now)
    request_subscription(newsletter, lorraine.site, "claire@reader.example", SubscriptionChoice("fr"), now)
    delete_expired_data(now + timedelta(days=8))

    import_file(newsletter, tmp_path, "email\nclaire@reader.example\n", agreed=date(2024, 5, 3))

    assert Subscriber.objects.get().state == Subscriber.State.LEFT


def test_reason_for_leaving_out_a_line_has_no_address():
    table = read_table(b"email;state\nclaire@reader.example;leon@reader.example\n")

    _subscribers, (rejected,) = lists.subscribers_in(table, table.proposed_columns())

    assert "l…@reader.example" in rejected.reason
