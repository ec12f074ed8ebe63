"""The page with a form that editors compose; the messages of readers are in `records`."""

from collections.abc import Hashable
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms.formsets import ORDERING_FIELD_NAME
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext, gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.forms.models import FORM_FIELD_CHOICES, AbstractFormField, FormMixin
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from home.forms.building import DECIDING, FileTypes, ReaderFormBuilder, same_label
from home.forms.records import FormRecord
from portal.content.forms import DistinctRows, PortalPageForm
from portal.content.network.retention import PERIODS, NetworkRetention
from portal.content.network.rules import LockedRetentionForm, in_force, retention_panels
from portal.content.pages.pages import PortalPage
from portal.content.readers.form_guard import FormGuard
from portal.content.serving.editions import edition_of
from portal.platform.addresses import normalize_address

FILE = "file"
MAX_FILES = 10
# The samples of deploy/ limit a request to 64 MB.
MAX_TOTAL_MEGABYTES = 50


def validate_addresses(value: str) -> None:
    for address in value.split(","):
        try:
            normalize_address(address)
        except ValueError as error:
            raise ValidationError(_("Enter e-mail addresses, separated by commas.")) from error


class FormFields(DistinctRows):
    """A form's fields. Answers are stored under a name derived from the field's original label.

    Wagtail's own check would also reject the older of two equal fields.
    """

    distinct_by = ("label",)
    row_name = _("field")

    def identities_of(self, row: Any) -> set[Hashable]:
        now = row.instance.get_field_clean_name()
        return {now, row.instance.clean_name or now}

    def repetition_of(self, row: Any) -> str:
        return gettext("Another field has this label, or had it originally. Choose a different label.")

    def clean(self) -> None:
        super().clean()
        earlier: dict[str, Any] = {}
        for row in sorted(self.rows_to_be, key=self._place_of):
            field = row.instance
            if field.shown_if and (problem := _problem_of_condition(field, earlier)):
                row.add_error(*problem)
            if field.field_type in DECIDING:
                earlier[same_label(field.label)] = field
        self._check_size_of_steps()

    def _check_size_of_steps(self) -> None:
        """A step is one request, which the proxy limits."""
        megabytes = 0
        for row in sorted(self.rows_to_be, key=self._place_of):
            field = row.instance
            if field.begins_step:
                megabytes = 0
            if field.field_type != FILE:
                continue
            megabytes += field.max_files * field.max_megabytes
            if megabytes > MAX_TOTAL_MEGABYTES:
                text = gettext("All files of one step together may have at most %(number)d MB.")
                row.add_error("max_megabytes", text % {"number": MAX_TOTAL_MEGABYTES})

    @staticmethod
    def _place_of(row: Any) -> int:
        place = row.cleaned_data.get(ORDERING_FIELD_NAME)
        return int(place if place is not None else row.instance.sort_order or 0)


def _problem_of_condition(field: Any, earlier: dict[str, Any]) -> tuple[str, str] | None:
    """The form field with the error in a condition, and its message."""
    source = earlier.get(same_label(field.shown_if))
    if source is None:
        return "shown_if", gettext("No earlier question with choices or a box to tick has this label.")
    if source.field_type == "checkbox":
        return (
            ("shown_if_value", gettext("Leave this empty: the question has a box to tick."))
            if (field.shown_if_value.strip())
            else None
        )
    choices = [value for value, _label in ReaderFormBuilder([]).get_formatted_field_choices(source)]
    if field.shown_if_value.strip() in choices:
        return None
    return "shown_if_value", gettext("This is none of its choices: %(choices)s") % {"choices": ", ".join(choices)}


class FormFieldsPanel(InlinePanel):
    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["formset"] = FormFields
        return options


class FormPageForm(PortalPageForm, LockedRetentionForm):
    network_retention: ClassVar[dict[str, str]] = {"keep_days": "form_days"}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not self.instance.pk and (days := NetworkRetention.load().form_days):
            self.initial["keep_days"] = days


class FormPage(FormMixin, PortalPage):
    """A form, for example for messages or a call for projects."""

    introduction = models.TextField(_("introduction"), max_length=600, blank=True)
    button = models.CharField(_("label of the button"), max_length=60, blank=True, help_text=_("Empty: Send."))
    thanks = RichTextField(
        _("thanks"),
        blank=True,
        features=["bold", "italic", "link", "ul"],
        help_text=_("Shown after the form was sent."),
    )
    to_address = models.CharField(
        _("send a copy to"),
        max_length=255,
        blank=True,
        validators=[validate_addresses],
        help_text=_("Each message is copied to these e-mail addresses, separated by commas."),
    )
    confirmation = models.TextField(
        _("confirmation"),
        max_length=2000,
        blank=True,
        help_text=_("Sent to the address in the first e-mail field. Empty: no confirmation is sent."),
    )
    keep_days = models.PositiveSmallIntegerField(
        _("messages are deleted after"),
        choices=PERIODS,
        default=180,
        help_text=_("The form tells readers so."),
    )

    content_panels = [
        *Page.content_panels,
        "introduction",
        FormFieldsPanel("form_fields", heading=_("Fields"), label=_("field"), min_num=1),
        MultiFieldPanel(["button", "thanks", "confirmation"], heading=_("Answer to the reader")),
        FieldRowPanel(["to_address", *retention_panels("keep_days", "form_days")], heading=_("Messages")),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    template = "home/form_page.html"
    landing_page_template = "home/form_sent.html"
    form_builder = ReaderFormBuilder
    base_form_class = FormPageForm
    parent_page_types = ["home.HomePage", "home.SectionPage", "home.StandardPage"]
    subpage_types: list[str] = []
    page_description = _("A form with fields of your choice: messages, a call for projects.")

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")

    @property
    def days_kept(self) -> int:
        """The days after which messages are deleted: the form's own, unless the network has locked them."""
        network = NetworkRetention.load()
        days = in_force(self.keep_days, network.form_days, is_locked=network.locks_form_days)
        return days or self.keep_days

    @property
    def action_url(self) -> str:
        return reverse("forms:send", args=[self.pk or 0])

    def bound_form(self, request: HttpRequest) -> Any:
        guard = FormGuard(request, edition_of(request).site, f"form:{self.pk}")
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        return self.get_form(*sent, guard=guard, page=self)

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return {"form": self.bound_form(request), "form_page": self} | context

    def serve(self, request, *args, **kwargs):
        response = TemplateResponse(request, self.template, self.get_context(request))
        # The page contains this reader's form token.
        add_never_cache_headers(response)
        return response

    def get_preview_context(self, request, mode_name):
        return self.get_context(request)

    def get_submission_class(self):
        return FormRecord

    def get_submissions_list_view_class(self):
        # Wagtail's admin views can only be imported once all models are loaded.
        from home.forms.newsroom import FormRecordsView

        return FormRecordsView


class FormField(AbstractFormField):
    page = ParentalKey(FormPage, on_delete=models.CASCADE, related_name="form_fields")
    field_type = models.CharField(
        AbstractFormField._meta.get_field("field_type").verbose_name,
        max_length=16,
        choices=[*FORM_FIELD_CHOICES, (FILE, _("Files"))],
    )
    field_type.required_on_save = True  # type: ignore[attr-defined]
    file_types = models.CharField(
        _("accepted files"),
        max_length=10,
        choices=FileTypes,
        blank=True,
        default=FileTypes.ANY,
        db_default=FileTypes.ANY,
    )
    max_files = models.PositiveSmallIntegerField(
        _("number of files"),
        default=1,
        db_default=1,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_FILES)],
        help_text=_("At most ten."),
    )
    max_megabytes = models.PositiveSmallIntegerField(
        _("megabytes for each file"),
        default=10,
        db_default=10,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(25)],
    )

    begins_step = models.BooleanField(
        _("begins a new step"),
        default=False,
        db_default=False,
        help_text=_("Readers get the form in steps, and can go back. The first question begins one anyway."),
    )
    shown_if = models.CharField(
        _("only if this question"),
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text=_("The label of an earlier question with choices or a box to tick. Empty: it is always asked."),
    )
    shown_if_value = models.CharField(
        _("has this answer"),
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text=_("One of its choices. Empty for a box to tick."),
    )

    panels = [
        *AbstractFormField.panels,
        MultiFieldPanel(
            ["begins_step", "shown_if", "shown_if_value"], heading=_("Steps and conditions"), classname="collapsed"
        ),
        MultiFieldPanel(["file_types", "max_files", "max_megabytes"], heading=_("For files"), classname="collapsed"),
    ]

    def clean(self) -> None:
        super().clean()
        # Emptied fields get their defaults.
        self.max_files, self.max_megabytes = self.max_files or 1, self.max_megabytes or 10
        if self.field_type != FILE:
            return
        if not settings.UPLOAD_SCANNER:
            text = gettext("This installation accepts no files. Its operator must first set UPLOAD_SCANNER.")
            raise ValidationError({"field_type": text})
