"""Plants a marker in every kind of record that a site can have."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import Comment, CommentReply, Page, UploadedFile
from wagtail_localize.models import StringSegment, StringTranslation, TranslationSource

from events.models import Subscription, Venue
from events.proposals.links import LINK
from events.records import EventConsent, Proposal, ProposalPicture
from home.forms.records import FormRecord, SentFile
from portal.content.records.hosts import FurtherHost
from portal.content.records.people import Person
from portal.content.records.removed_addresses import RemovedAddress
from portal.content.records.sharing import Share
from portal.content.records.topics import Topic
from portal.editorial.models import (
    AccountChange,
    AddressChange,
    ChecklistWaiver,
    GuestRemark,
    PublicChange,
    ReviewInvitation,
    Role,
    RoleProposal,
)
from portal.editorial.planning.items import plan_new_page
from portal.editorial.releases.building import add_page, create_release
from portal.editorial.roles import group_of, groups_of, media_collection
from portal.editorial.trash.deleting import put_into_trash
from portal.editorial.trash.records import put_record_into_trash
from portal.moving.models import ImportedItem, ImportRun, ImportSource
from portal.newsletter.importing.running import store_list
from portal.newsletter.models import Sending
from portal.newsletter.models.pages import IssuePage
from portal.readership.models import ClickDay, DownloadDay, MissingDay, PageDay, PlaceDay, ReadershipChoices, SubjectDay
from portal.sheets.models import ConsentText, SheetRequest
from portal.webhooks.models import Webhook, WebhookDelivery
from search.models import LoggedQuery, SearchSettings
from tests.builders import (
    SampleSite,
    make_article,
    make_document,
    make_draft,
    make_event,
    make_form_page,
    make_image,
    make_member,
    make_private,
    make_recap,
    make_settings,
    make_sheet_page,
    sheet_block,
)
from tests.maps.makers import make_outline
from tests.newsletter.makers import make_newsletter, make_subscriber
from tests.separation.marks import COMMON, mark


@dataclass
class Planted:
    """The content of one site: its people by role, and its records by kind."""

    ground: SampleSite
    people: dict[Role, Any]
    owner: str
    things: dict[str, Any] = field(default_factory=dict)
    # The kinds of markers that were planted.
    kinds: set[str] = field(default_factory=set)

    def word(self, kind: str) -> str:
        self.kinds.add(kind)
        return mark(kind, self.owner)

    def title(self, kind: str) -> str:
        return f"{COMMON} {self.word(kind)}"

    def __getitem__(self, kind: str) -> Any:
        return self.things[kind]

    def keep(self, kind: str, thing: Any) -> Any:
        self.things[kind] = thing
        return thing


def plant(ground: SampleSite, people: dict[Role, Any], owner: str) -> Planted:
    site = Planted(ground, people, owner)
    _newsroom(site)
    _names(site)
    _media(site)
    _pages(site)
    _reviews(site)
    _translations(site)
    _readers(site)
    _workings(site)
    return site


def plant_member_of(*sites: Planted) -> None:
    """Create a member with a role on each site, whose account an administrator of each site has changed."""
    both = make_member("both", *(group_of(site.ground.site, Role.EDITOR) for site in sites))
    for site in sites:
        administrator = site.people[Role.SITE_ADMINISTRATOR]
        AccountChange.objects.create(account=both, actor=administrator, kind="link", details=site.word("deed"))
        AccountChange.objects.create(
            account=both, actor=administrator, kind="roles", details=site.word("granted"), site=site.ground.site
        )
        site.keep("both", both)
    AddressChange.objects.create(account=both, address="both-new@portal.example", asked_by=administrator)


def _newsroom(site: Planted) -> None:
    for role, person in site.people.items():
        person.username = f"{site.word('user')}-{role.value}"
        person.first_name, person.last_name = site.word("first"), site.word("last")
        person.email = f"{site.word('mail')}-{role.value}@portal.example"
        person.save()
    for group in groups_of(site.ground.site):
        group.name = f"{site.word('group')} {group.pk}"
        group.save()
    editor, administrator = site.keep("user", site.people[Role.EDITOR]), site.people[Role.SITE_ADMINISTRATOR]
    AddressChange.objects.create(
        account=editor, address=f"{site.word('nextmail')}@portal.example", asked_by=administrator
    )
    AccountChange.objects.create(account=editor, actor=administrator, kind="address", details=site.word("deed"))
    approvers = group_of(site.ground.site, Role.APPROVER)
    RoleProposal.objects.create(account=editor, group=approvers, proposed_by=administrator)
    PublicChange.objects.create(
        site=site.ground.site, actor=editor, model="core.Person", title=site.word("altered"), kind="changed"
    )
    site.keep("group", site.people[Role.EDITOR].groups.first())
    workflow = site.keep("workflow", site.ground.home.get_workflow())
    workflow.name = site.title("workflow")
    workflow.save()
    for task in workflow.tasks:
        task.name = site.title("task")
        task.save()
        site.keep("task", task)


def _names(site: Planted) -> None:
    facts = {"site": site.ground.site}
    locale = site.ground.home.locale
    site.keep("topic", Topic.objects.create(name=site.title("topic"), slug=site.word("topic"), locale=locale, **facts))
    site.keep("person", Person.objects.create(name=site.title("person"), role=site.word("post"), **facts))
    site.keep("mapoutline", make_outline(site.title("mapoutline"), credit=site.word("surveyor"), **facts))
    collection = media_collection(site.ground.site)
    site.keep("venue", Venue.objects.create(name=site.title("venue"), collection=collection))


def _media(site: Planted) -> None:
    collection = site.keep("collection", media_collection(site.ground.site))
    collection.name = site.title("collection")
    collection.save()
    image = make_image(site.title("image"), collection, description=site.word("alt"), credit=site.word("credit"))
    image.tags.add(site.word("tag"))
    site.keep("image", image)
    for kind in ("document", "hidden"):
        content = f"{site.word('content' + kind)}".encode()
        document = make_document(site.title(kind), f"{site.word(kind)}.txt", content)
        document.collection = collection
        document.save()
        document.tags.add(site.word("doctag"))
        site.keep(kind, document)
    uploaded = UploadedFile.objects.create(
        file=ContentFile(b"waiting", name=f"{site.word('upload')}.pdf"), uploaded_by_user=site.people[Role.EDITOR]
    )
    site.keep("upload", uploaded)
    host = FurtherHost.objects.create(hostname=f"former-{site.owner.lower()}.example", site=site.ground.site)
    site.keep("further_host", host)


def _pages(site: Planted) -> None:
    section, calendar = site.ground.section, site.ground.calendar
    shown = {"topics": [site["topic"]], "authors": [site["person"]], "lead_image": site["image"]}
    live = make_article(section, site.title("live"), standfirst=site.word("standfirst"), **shown)
    site.keep("live", live)
    trashed = site.keep("trashed", make_article(section, site.title("trashed")))
    put_into_trash(trashed, site.people[Role.EDITOR])
    facts = {"locale": section.locale, "site": site.ground.site}
    binned = Topic.objects.create(name=site.title("binned"), slug=site.word("binned"), **facts)
    site.keep("binned", put_record_into_trash(binned, site.people[Role.SITE_ADMINISTRATOR]))
    site.keep("draft", make_draft(make_article(section, site.title("draft"), standfirst=site.word("outline"))))
    private = site.keep("private", make_article(section, site.title("private"), standfirst=site.word("confided")))
    make_private(private, "secret")
    event = site.keep("event", make_event(calendar, site.title("event"), venue=site["venue"], place=site.word("place")))
    site.keep("recap", make_recap(calendar, site.title("recap"), event=event))
    site.keep("plan", make_draft(make_event(calendar, site.title("plan"))))
    site.keep("form", make_form_page(site.ground.home, site.title("form")))
    sheet = sheet_block(site["hidden"], questions=[], title=site.word("sheet"))
    site["hidden"].is_gated = True
    site["hidden"].save()
    site.keep("brochure", make_sheet_page(site.ground.home, sheet, site.title("brochure")))
    site.keep("block", sheet["id"])
    site.keep("newsletter", make_newsletter(site.ground, title=site.title("letter")))
    issue = IssuePage(title=site.title("issue"), slug=site.word("issue"), locale=section.locale, live=False)
    site["newsletter"].add_child(instance=issue)
    issue.save_revision()
    site.keep("issue", issue)


def _reviews(site: Planted) -> None:
    editor, approver, live = site.people[Role.EDITOR], site.people[Role.APPROVER], site["live"]
    live.title = site.title("revised")
    live.save_revision(user=editor, log_action=True)
    site.keep("revision", live.latest_revision)
    comment = Comment.objects.create(page=live, user=editor, text=site.word("comment"), contentpath="title")
    CommentReply.objects.create(comment=comment, user=approver, text=site.word("reply"))
    Page.objects.filter(pk=live.pk).update(locked=True, locked_by=editor, locked_at=timezone.now())
    draft = type(site["draft"]).objects.get(pk=site["draft"].pk)
    draft.save_revision(user=editor)
    draft.get_workflow().start(draft, editor)
    site.keep("step", draft.current_workflow_task_state)
    site.keep("state", draft.current_workflow_state)
    plan = type(site["plan"]).objects.get(pk=site["plan"].pk)
    plan.save_revision(user=editor)
    plan.get_workflow().start(plan, editor)
    plan.current_workflow_task_state.reject(user=approver, comment=site.word("verdict"))
    invitation = ReviewInvitation.objects.create(
        page=draft.page_ptr,
        name=site.word("guest"),
        email=f"{site.word('guestmail')}@portal.example",
        language=site.ground.language,
        created_by=approver,
        expires_at=timezone.now() + timedelta(days=3),
    )
    GuestRemark.objects.create(
        invitation=invitation, kind=GuestRemark.Kind.values[0], name=site.word("guest"), text=site.word("remark")
    )
    site.keep("invitation", invitation)
    ChecklistWaiver.objects.create(page=draft.page_ptr, user=approver, reason=site.word("waiver"))
    idea = plan_new_page(
        type(live), site.ground.section, site.title("idea"), day=timezone.localdate(), person=editor,
        note=site.word("wish"), user=approver,
    )  # fmt: skip
    site.keep("idea", idea.page)
    release = create_release(site.title("release"), timezone.now() + timedelta(days=2), site.word("intent"), editor)
    site.keep("release", release)
    site.keep("released", add_page(release, idea.page, "publish", approver))
    content_type = ContentType.objects.get_for_model(type(live))
    session = EditingSession.objects.create(
        user=editor, content_type=content_type, object_id=live.pk, last_seen_at=timezone.now(), is_editing=True
    )
    site.keep("session", session)


def _translations(site: Planted) -> None:
    source = TranslationSource.get_or_create_from_instance(site["live"])[0]
    other = next(home.locale for code, home in site.ground.homes.items() if code != site.ground.language)
    site.keep("source", source)
    translation = site.keep("translation", source.translations.create(target_locale=other))
    segment = StringSegment.objects.filter(source=source).first()
    StringTranslation.objects.create(
        translation_of=segment.string, locale=other, context=segment.context, data=site.word("translated")
    )
    site.keep("segment", segment)
    translation.save_target(publish=False)
    site.keep("rendering", translation.get_target_instance())


def _readers(site: Planted) -> None:
    record, now = site.ground.site, timezone.now()
    form = site["form"]
    message = FormRecord.objects.create(
        page=form, site=record, language=site.ground.language, form_data={"nom": site.word("message")},
        same_address=f"{site.word('sender')}@reader.example", delete_at=now + timedelta(days=30),
    )  # fmt: skip
    site.keep("message", message)
    content = ContentFile(b"%PDF-1.4", name=f"{site.word('sentfile')}.pdf")
    sent = SentFile.objects.create(
        record=message, page=form.page_ptr, site=record, field="dossier", name=content.name, size=8, file=content
    )
    site.keep("sent", sent)
    purpose = ConsentText.version(record, site.ground.language, site.word("consent"))
    document_request = SheetRequest(
        site=record, page=site["brochure"].page_ptr, block=site["block"], title=site.word("sheet"),
        document=site["hidden"], language=site.ground.language, address=f"{site.word('asker')}@reader.example",
        same_address=f"{site.word('asker')}@reader.example", answers=[["Firma", site.word("answer")]], purpose=purpose,
        link_expires_at=now + timedelta(days=7), delete_at=now + timedelta(days=90),
    )  # fmt: skip
    document_request.save()
    site.keep("request", document_request)
    site.keep("subscriber", make_subscriber(site.ground, f"{site.word('subscriber')}@reader.example"))
    content = f"email\n{site.word('listed')}@reader.example\n".encode()
    site.keep("list", store_list(site["newsletter"], f"{site.word('list')}.csv", content))
    sending = Sending.objects.create(
        site=record, newsletter=site["newsletter"], kind=Sending.Kind.values[0], slot=site.word("slot"),
        subject=site.word("subject"), content={}, created_at=now, ordered_by=site.people[Role.APPROVER],
    )  # fmt: skip
    site.keep("sending", sending)
    calendar = type(site.ground.calendar).objects.get(pk=site.ground.calendar.pk)
    calendar.takes_proposals = True
    calendar.save()
    site.keep("calendar", calendar)
    proposal = Proposal.objects.create(
        site=record, calendar=calendar, language=site.ground.language, kind=Proposal.Kind.EVENT,
        state=Proposal.State.OPEN, name=site.word("proposer"), address=f"{site.word('proposer')}@reader.example",
        same_address=f"{site.word('proposer')}@reader.example", organisation=site.word("club"),
        title=site.title("proposed"), dates=[["2040-03-02", "", ""]], standfirst=site.word("pitch"),
        consent=EventConsent.version(record, site.ground.language, site.word("consent")),
        confirmed_at=now, delete_at=now + timedelta(days=90),
    )  # fmt: skip
    site.keep("proposal", proposal)
    site.keep("proposal_link", LINK.token(proposal))
    content = ContentFile(b"picture", name=f"{site.word('shot')}.jpg")
    picture = ProposalPicture.objects.create(
        proposal=proposal, name=content.name, size=7, file=content, description=site.word("scene"), credit="-"
    )
    site.keep("proposed_picture", picture)
    LoggedQuery.objects.log(record, site.ground.language, site.word("question"), 0, now.date())
    chosen = SearchSettings.for_site(record)
    language = site.ground.language
    chosen.synonyms = [("synonyms", {"language": language, "words": [site.word("synonym"), "Troll"]})]
    promoted = {"language": language, "queries": [site.word("promotion")], "page": site["live"]}
    chosen.promotions = [("promotion", promoted)]
    chosen.save()
    site.keep("search", chosen)


def _workings(site: Planted) -> None:
    record = site.ground.site
    redirect = Redirect.objects.create(
        old_path=f"/{site.word('redirect')}", site=record, redirect_link=f"https://{site.word('target')}.example/"
    )
    site.keep("redirect", redirect)
    calendar = Page.objects.get(pk=site.ground.calendar.pk).specific
    subscribed = Subscription.objects.create(
        calendar=calendar, name=site.word("source"), url=f"https://{site.word('address')}.example/a.ics"
    )
    site.keep("subscription", subscribed)
    # It is paused, so that the walks send nothing.
    webhook = Webhook(
        site=record, name=site.word("hook"), url=f"https://{site.word('receiver')}.example/", is_active=False
    )
    webhook.renew_secret()
    webhook.save()
    site.keep("webhook", webhook)
    sent = WebhookDelivery.objects.create(webhook=webhook, event="form.sent", body=site.word("body"), state="delivered")
    site.keep("delivery", sent)
    make_settings(site.ground, sender_address=f"{site.word('from')}@portal.example")
    for kind in ("image", "document", "venue", "topic", "person", "mapoutline", "user", "group", "redirect"):
        log(site[kind], "wagtail.edit", user=site.people[Role.EDITOR], title=site.title("logged" + kind))
    log(site["live"], "wagtail.edit", user=site.people[Role.EDITOR], data={"title": site.word("entry")})
    RemovedAddress.objects.create(
        site=record, key=site.owner * 32, path=f"{site.word('departed')}/", removed_at=timezone.now()
    )
    day = {"site": record, "day": timezone.localdate().toordinal(), "views": 3}
    PageDay.objects.create(page=site["live"].page_ptr, hour_12=3, **day)
    PlaceDay.objects.create(place=site.ground.home.page_ptr, **day)
    PlaceDay.objects.create(place=site.ground.section.page_ptr, **day)
    DownloadDay.objects.create(document=site["document"], **day)
    SubjectDay.objects.create(kind="topic", key=site["topic"].pk, **day)
    MissingDay.objects.create(path=f"/{site.word('missed')}/", **day)
    ClickDay.objects.create(page=site["live"].page_ptr, host=f"{site.word('followed')}.example", **day)
    ReadershipChoices.objects.create(site=record)
    third = Share(
        page=site["live"].page_ptr, site=record, note=site.word("note"), offered_by=site.people[Role.APPROVER]
    )
    third.save()
    site.keep("share", third)
    old = ImportSource.objects.create(
        site=record, locale=site.ground.home.locale, address=f"https://{site.word('former')}.example"
    )
    run = ImportRun.objects.create(
        site=record, locale=old.locale, source=old, origin="export.xml", state="done", started_by=site["user"],
        facts={"title": site.title("export")},
    )  # fmt: skip
    site.keep("run", run)
    row = ImportedItem.objects.create(
        source=old, kind="page", key="1", title=site.title("imported"), page=site["draft"].page_ptr,
        old_address=f"https://{site.word('oldaddress')}.example/", notes=[["passage", site.word("passage")]],
        old_text=site.word("oldtext"),
    )  # fmt: skip
    site.keep("imported", row)
    site.keep("laid", uuid4())
