"""Rules for exporting and deleting each model's rows; a test requires one for every model.

A row is exported, rebuilt by the import, referred to by name (such as a language), or left out for a stated reason.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from wagtail.models import Page, Task

from portal.sites.data.scope import Scope, rows_of

Rows = Callable[[type[Model], Scope], QuerySet[Any]]


class Fate(Enum):
    EXPORTED = "exported"
    REBUILT = "rebuilt by the import"
    NAMED = "looked up by name"
    LEFT_OUT = "left out"


def no_rows(model: type[Model], scope: Scope) -> QuerySet[Any]:
    return model._base_manager.none()


@dataclass(frozen=True)
class TransferRule:
    fate: Fate
    reason: str = ""
    # Finds a site's rows.
    rows: Rows = no_rows
    # Rows about people may be left out or pseudonymised.
    people: bool = False
    # Other owners' rows that the site's pages use are exported as well.
    shared: bool = False
    # Nothing refers to these rows, so they need no number.
    keyless: bool = False
    # Replaces values that no other installation can use.
    blank: Mapping[str, Any] = field(default_factory=dict)
    # Links in emails contain the primary key, so the import preserves it if possible.
    keeps_keys: bool = False


def where(**lookups: str) -> Rows:
    """Rows whose columns are in the named parts of the scope, such as `page="pages"`."""

    def rows(model: type[Model], scope: Scope) -> QuerySet[Any]:
        conditions = {
            (name if part == "site" else f"{name}__in"): getattr(scope, part) for name, part in lookups.items()
        }
        return rows_of(model, **conditions).order_by("pk")

    return rows


def _of_pages_by_name(model: type[Model], scope: Scope) -> QuerySet[Any]:
    base = ContentType.objects.get_for_model(Page)
    return rows_of(model, base_content_type=base, object_id__in=Subquery(scope.page_keys)).order_by("pk")


def _of_translated(lookup: str) -> Rows:
    """wagtail-localize's rows about the site's pages and topics, in the order of the topics."""

    def rows(model: type[Model], scope: Scope) -> QuerySet[Any]:
        topics = apps.get_model("core.Topic").objects.filter(site=scope.site)
        keys = f"{lookup}__in"
        here = Q(**{keys: scope.translation_keys}) | Q(**{keys: topics.values("translation_key")})
        if lookup != "translation_key":
            return model._base_manager.filter(here).order_by("pk")
        first = [
            Subquery(of.filter(translation_key=OuterRef("translation_key")).order_by("pk").values("pk")[:1])
            for of in (Page.objects.filter(scope.below_homes), topics)
        ]
        return model._base_manager.filter(here).order_by("content_type__model", *first)

    return rows


def exported(rows: Rows = no_rows, **facts: Any) -> TransferRule:
    return TransferRule(Fate.EXPORTED, rows=rows, **facts)


def rebuilt(how: str) -> TransferRule:
    return TransferRule(Fate.REBUILT, how)


def named(by: str) -> TransferRule:
    return TransferRule(Fate.NAMED, by)


def left_out(reason: str) -> TransferRule:
    return TransferRule(Fate.LEFT_OUT, reason)


INSTALLATION = "belongs to the installation, not to a site"
TEMPORARY = "temporary data of open forms and unfinished uploads"
ACCOUNT = "belongs to the account, which may serve other sites"
UNUSED = "Wagtail's own table, which ours replaces"
SEARCH = "the search index, built from the pages"
SEGMENTS = "by wagtail-localize, from the source of the translation"
OF_PAGE = where(page="pages")
OF_SITE = where(site="site")
OF_FILES = where(collection="collections")

RULES: dict[str, TransferRule] = {
    # The site itself, whose row is written from the command's arguments.
    "wagtailcore.Site": named("the site of the file"),
    "core.SiteSettings": exported(OF_SITE),
    "events.EventSettings": exported(OF_SITE),
    "search.SearchSettings": exported(OF_SITE),
    "core.FurtherHost": left_out("the destination's operator decides which hosts redirect (import_site --former-host)"),
    "sites.HostState": left_out(INSTALLATION),
    "wagtailredirects.Redirect": exported(OF_SITE),
    "core.RemovedAddress": exported(OF_SITE),
    "search.LoggedQuery": exported(OF_SITE),
    "search.OpenedPlace": exported(where(query__site="site")),
    "readership.PageDay": exported(where(site="site", page="pages"), keyless=True),
    "readership.PlaceDay": exported(where(site="site", place="pages"), keyless=True),
    "readership.DownloadDay": exported(OF_SITE, keyless=True),
    "readership.ClickDay": exported(where(site="site", page="pages"), keyless=True),
    "readership.SubjectDay": exported(OF_SITE, keyless=True),
    "readership.MissingDay": exported(OF_SITE, keyless=True),
    "readership.ReadershipChoices": exported(OF_SITE, keyless=True),
    # Files.
    "wagtailcore.Collection": exported(where(pk="collections")),
    "wagtailcore.CollectionViewRestriction": exported(OF_FILES),
    "wagtailcore.CollectionViewRestriction_groups": exported(
        where(collectionviewrestriction__collection="collections"), keyless=True
    ),
    "media.Image": exported(OF_FILES, shared=True),
    "media.Document": exported(OF_FILES, shared=True),
    "media.Rendition": rebuilt("at the first request"),
    "events.Venue": exported(OF_FILES, shared=True),
    "search.FileText": rebuilt("from the documents, by the scheduler"),
    "taggit.Tag": named("its name"),
    "taggit.TaggedItem": exported(keyless=True),
    # Catalogue.
    "core.Person": exported(OF_SITE, shared=True),
    "core.Topic": exported(OF_SITE, shared=True),
    "core.MapOutline": exported(OF_SITE, shared=True),
    # Pages and their history.
    "wagtailcore.Page": exported(where(pk="pages")),
    "wagtailcore.Revision": exported(_of_pages_by_name),
    "wagtailcore.PageLogEntry": exported(OF_PAGE),
    "wagtailcore.ModelLogEntry": exported(),
    "wagtailcore.PageViewRestriction": exported(OF_PAGE),
    "wagtailcore.PageViewRestriction_groups": exported(where(pageviewrestriction__page="pages"), keyless=True),
    "wagtailcore.Comment": exported(OF_PAGE, people=True),
    "wagtailcore.CommentReply": exported(where(comment__page="pages"), people=True),
    "wagtailcore.PageSubscription": exported(OF_PAGE, people=True),
    "core.UnindexedPage": exported(OF_PAGE),
    "core.Byline": exported(OF_PAGE),
    "core.PageTopic": exported(OF_PAGE),
    "core.RelatedStory": exported(OF_PAGE),
    "articles.LiveEntry": exported(OF_PAGE),
    "articles.LiveText": exported(where(entry__page="pages")),
    "core.Share": left_out("an agreement with a site that is not in the file"),
    "core.DeletedRecord": left_out("copies of rows, with keys that another installation uses for other rows"),
    "core.TrashedPage": exported(OF_PAGE),
    "core.TrashedPage_live_pages": exported(where(trashedpage__page="pages", page="pages"), keyless=True),
    "core.StoryCard": rebuilt("from the stories"),
    "core.Placement": rebuilt("from the stories"),
    "home.MostReadStory": rebuilt("from the totals of views, by the scheduler"),
    # The newsroom.
    "auth.Group": exported(where(pk="groups")),
    "auth.Group_permissions": exported(where(group="groups"), keyless=True),
    "auth.Permission": named("its model and action"),
    "wagtailcore.GroupPagePermission": exported(where(group="groups", page="pages"), keyless=True),
    "wagtailcore.GroupCollectionPermission": exported(where(group="groups", collection="collections"), keyless=True),
    "wagtailcore.GroupSitePermission": exported(where(group="groups", site="site"), keyless=True),
    "accounts.User": exported(shared=True, people=True),
    "accounts.User_groups": exported(where(group="groups"), keyless=True, people=True),
    "accounts.User_user_permissions": left_out("such permissions apply to every site"),
    "editorial.RoleGroup": exported(OF_SITE),
    "wagtailcore.Workflow": exported(where(pk="workflows")),
    "wagtailcore.WorkflowPage": exported(OF_PAGE),
    "wagtailcore.WorkflowTask": exported(where(workflow="workflows")),
    "wagtailcore.WorkflowContentType": left_out(INSTALLATION),
    "wagtailcore.WorkflowState": exported(_of_pages_by_name),
    "wagtailcore.Task": exported(where(pk="tasks")),
    "wagtailcore.TaskState": exported(where(workflow_state="workflow_states")),
    "wagtailcore.GroupApprovalTask_groups": exported(where(groupapprovaltask="tasks"), keyless=True),
    "editorial.FourEyesTask_groups": exported(where(foureyestask="tasks"), keyless=True),
    "editorial.Reminder": exported(where(task_state__workflow_state="workflow_states")),
    "editorial.ChecklistWaiver": exported(OF_PAGE),
    "editorial.SiteChecklist": exported(OF_SITE, keyless=True),
    "editorial.PlannedItem": exported(OF_PAGE),
    "editorial.CalendarAddress": left_out(ACCOUNT),
    "editorial.IdeaDecision": left_out("refers to ideas by their number in this installation"),
    "editorial.Basis": exported(where(translation="pages")),
    "editorial.ReviewInvitation": exported(OF_PAGE, people=True, keeps_keys=True),
    "editorial.GuestRemark": exported(where(invitation__page="pages"), people=True),
    "editorial.Release": left_out("its pages may belong to several sites"),
    "editorial.ReleaseItem": left_out("its release may have pages of several sites"),
    "editorial.ScheduleTrouble": left_out("the scheduler records the failure again if it persists"),
    "editorial.PublicChange": left_out("the exporting installation sends the email about the change"),
    "editorial.AccountChange": left_out(ACCOUNT),
    "editorial.AccountInvitation": left_out(ACCOUNT),
    "editorial.AddressChange": left_out(ACCOUNT),
    "editorial.RoleProposal": left_out(ACCOUNT),
    "editorial.SignInRule": left_out("set by network administrators"),
    "editorial.ClaimedRole": left_out("belongs to a sign-in provider of the network"),
    "editorial.ProvidedRole": left_out(ACCOUNT),
    "account.EmailAddress": left_out("has no rows"),
    "account.EmailConfirmation": left_out("has no rows"),
    "mfa.Authenticator": left_out("a secret of the account"),
    "usersessions.UserSession": left_out(ACCOUNT),
    "socialaccount.SocialAccount": left_out(ACCOUNT),
    "socialaccount.SocialApp": left_out("a sign-in provider of the network"),
    "socialaccount.SocialToken": left_out("has no rows"),
    # Translations.
    "wagtail_localize.TranslatableObject": exported(_of_translated("translation_key")),
    "wagtail_localize.TranslationSource": exported(_of_translated("object")),
    "wagtail_localize.Translation": exported(_of_translated("source__object")),
    "wagtail_localize.TranslationLog": exported(_of_translated("source__object")),
    "wagtail_localize.TranslationContext": exported(_of_translated("object")),
    "wagtail_localize.StringTranslation": exported(_of_translated("context__object")),
    "wagtail_localize.String": named("its language and text"),
    "wagtail_localize.Template": rebuilt(SEGMENTS),
    "wagtail_localize.StringSegment": rebuilt(SEGMENTS),
    "wagtail_localize.TemplateSegment": rebuilt(SEGMENTS),
    "wagtail_localize.RelatedObjectSegment": rebuilt(SEGMENTS),
    "wagtail_localize.OverridableSegment": rebuilt(SEGMENTS),
    "wagtail_localize.SegmentOverride": left_out(
        "not written by any of our views; the model that its keys refer to is not recorded"
    ),
    "wagtail_localize.LocaleSynchronization": left_out(INSTALLATION),
    "wagtailcore.Locale": named("its language"),
    # Events.
    "events.AddedDate": exported(OF_PAGE),
    "events.Break": exported(OF_PAGE),
    "events.ChangedDate": exported(OF_PAGE),
    "events.Occurrence": exported(where(event="pages")),
    "events.OccurrencePlacement": rebuilt("from the dates"),
    "events.CalendarEntry": exported(where(event="pages"), blank={"text": "", "schedule_hash": "", "details_hash": ""}),
    "events.RecapRequest": exported(where(occurrence__event="pages")),
    "events.EventConsent": exported(OF_SITE, people=True),
    "events.DateSeats": exported(OF_SITE, people=True),
    "events.Registration": exported(OF_SITE, people=True),
    "events.EventLetter": exported(OF_SITE, people=True),
    "events.Proposal": exported(OF_SITE, people=True, keeps_keys=True),
    "events.ProposalPicture": exported(where(proposal__site="site"), people=True),
    "events.Subscription": exported(where(calendar="pages"), blank={"reading_until": None}),
    "events.ImportedEvent": exported(where(subscription__calendar="pages")),
    # Imports, so that they can be repeated at the destination.
    "moving.ImportSource": exported(OF_SITE),
    "moving.ImportedItem": exported(where(source__site="site"), keyless=True),
    "moving.ImportRun": left_out(TEMPORARY),
    # Readers.
    "home.FormField": exported(OF_PAGE),
    "home.FormRecord": exported(OF_SITE, people=True),
    "home.SentFile": exported(where(record__site="site"), people=True),
    "newsletter.Subscriber": exported(OF_SITE, people=True, keeps_keys=True),
    "newsletter.ChosenSection": exported(where(subscriber__site="site"), people=True),
    "newsletter.ConsentStep": exported(where(subscriber__site="site"), people=True, blank={"list_import": None}),
    "newsletter.ListImport": left_out(TEMPORARY),
    "newsletter.Sending": exported(OF_SITE, blank={"lease": "", "leased_until": None}),
    "newsletter.Delivery": exported(where(sending__site="site"), people=True, keeps_keys=True, blank={"lease": ""}),
    "newsletter.AnnouncedStory": exported(where(newsletter="pages")),
    "sheets.ConsentText": exported(OF_SITE, people=True),
    "sheets.SheetRequest": exported(
        lambda model, scope: rows_of(model, site=scope.site).order_by("asked_at", "pk"), people=True
    ),
    "links.CheckedLink": rebuilt("from the pages, once a week"),
    "links.LinkPlace": rebuilt("from the pages, once a week"),
    "webhooks.Webhook": left_out("a secret, and an address that belongs to the exporting installation"),
    "webhooks.WebhookDelivery": left_out("the log of messages that the exporting installation has sent"),
    "webhooks.ReportedPage": left_out("recorded again when the site gets a webhook"),
    # Data of the installation itself.
    "contenttypes.ContentType": named("its app and model"),
    "audit.AuditEntry": left_out("the log of all sites is one chain"),
    "audit.AuditWords": left_out("the log of all sites is one chain"),
    "audit.UnchainedAct": left_out("the log of all sites is one chain"),
    "core.ContentChange": left_out(INSTALLATION),
    "core.MaintenanceRun": left_out(INSTALLATION),
    "core.PeriodicRun": left_out(INSTALLATION),
    "core.SchedulerPause": left_out(INSTALLATION),
    "core.NetworkNotice": left_out(INSTALLATION),
    "core.NetworkRetention": left_out(INSTALLATION),
    "django_tasks_database.DBTaskResult": left_out("the exporting installation sends the emails that are waiting"),
    "sessions.Session": left_out(ACCOUNT),
    "wagtailusers.UserProfile": left_out(ACCOUNT),
    "wagtailcore.APIToken": left_out("a secret of the account"),
    "wagtailcore.UploadedFile": left_out(TEMPORARY),
    "wagtailadmin.EditingSession": left_out(TEMPORARY),
    "wagtailadmin.FormState": left_out(TEMPORARY),
    "wagtailadmin.Admin": left_out("has no rows"),
    "wagtailcore.ReferenceIndex": rebuilt("from the pages and settings"),
    "wagtailsearch.IndexEntry": rebuilt(SEARCH),
    "wagtailsearch.SQLiteFTSIndexEntry": rebuilt(SEARCH),
    "search.FacetBucket": rebuilt(SEARCH),
    "search.TopicSet": rebuilt(SEARCH),
    "search.IndexEntry": rebuilt(SEARCH),
    "search.EntryText": rebuilt(SEARCH),
    "search.DraftEntry": rebuilt(SEARCH),
    "search.DraftText": rebuilt(SEARCH),
    "search.IndexWord": rebuilt(SEARCH),
    "search.Misspelling": rebuilt(SEARCH),
    "wagtailembeds.Embed": rebuilt("when the video is next shown"),
    "wagtailforms.FormSubmission": left_out(UNUSED),
    "wagtaildocs.Document": left_out(UNUSED),
    "wagtailimages.Image": left_out(UNUSED),
    "wagtailimages.Rendition": left_out(UNUSED),
}
PAGE_RULE = exported(where(pk="pages"))
TASK_RULE = exported(where(pk="tasks"))
UNKNOWN = left_out("a test fails")


def rule_of(model: type[Model]) -> TransferRule:
    """The rule of a model. All page types share one, and so do all task types."""
    if (own := RULES.get(model._meta.label)) is not None:
        return own
    if issubclass(model, Page):
        return PAGE_RULE
    return TASK_RULE if issubclass(model, Task) else UNKNOWN


def exported_models() -> Iterator[type[Model]]:
    """The exported models, in an order independent of the installation."""
    models = apps.get_models(include_auto_created=True)
    for model in sorted(models, key=lambda each: each._meta.label):
        if rule_of(model).fate is Fate.EXPORTED and not model._meta.proxy:
            yield model
