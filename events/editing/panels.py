"""The edit panels of an event, in display order."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.models import Page

from events.editing.forms import ChangedDates
from events.editing.widgets import PlacesInput
from portal.content.editing.topics import TopicsPanel
from portal.content.panels import lead_image_panels

PLACES_HELP = _("For each date; turns on the registration. Empty: no limit. 0: you decide.")
SEATS_HELP = _(
    "If there are more than four places, one registration gets at most half of them, even if you allow more here."
)
NEWS_HELP = _(
    "Asks those who register whether they want a mail when the recap is published. Without this, nobody is thanked "
    "with the recap either, because nobody could have declined the mail."
)


class ChangedDatesPanel(InlinePanel):
    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["formset"] = ChangedDates
        return options


def event_panels() -> list[Panel]:
    return [
        *Page.content_panels,
        FieldPanel("standfirst", widget=AdminAutoHeightTextInput(attrs={"rows": 1})),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("start"), FieldPanel("end"), FieldPanel("is_all_day")]),
                FieldPanel("recurrence"),
            ],
            heading=_("When"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("venue"),
                        FieldPanel("place", help_text=_("Empty: the name of the venue.")),
                        FieldPanel("online_url"),
                    ]
                )
            ],
            heading=_("Where"),
        ),
        FieldRowPanel(
            [
                FieldPanel("takes_registrations", help_text=_("For each date, instead of an external form.")),
                FieldPanel("capacity", help_text=PLACES_HELP, widget=PlacesInput),
            ]
        ),
        TopicsPanel(),
        # Opened by js/recurrence.js as soon as the event repeats.
        MultiFieldPanel(
            [
                ChangedDatesPanel("changed_dates", heading=_("Dates changed, cancelled or left out"), label=_("date")),
                InlinePanel("added_dates", heading=_("Dates added"), label=_("date")),
                InlinePanel("breaks", heading=_("Pauses"), label=_("pause")),
            ],
            heading=_("Exceptions to the series"),
            help_text=_("Changes here do not affect dates that have already begun."),
            classname="collapsed",
        ),
        registration_panel(),
        MultiFieldPanel(lead_image_panels(), heading=_("Lead image"), classname="collapsed"),
        MultiFieldPanel(
            [FieldPanel("body"), FieldPanel("programme"), FieldPanel("speakers"), FieldPanel("documents")],
            heading=_("Text and programme"),
            classname="collapsed",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("organiser"), FieldPanel("organiser_url")]),
                FieldPanel("partners"),
                FieldRowPanel([FieldPanel("contact_name"), FieldPanel("contact_email"), FieldPanel("contact_phone")]),
            ],
            heading=_("Organiser"),
            classname="collapsed",
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("status"), FieldPanel("status_note")])],
            heading=_("Moved or cancelled"),
            classname="collapsed",
        ),
        MultiFieldPanel(
            [
                FieldPanel("address"),
                FieldPanel("time_zone"),
                FieldRowPanel([FieldPanel("doubled_hour"), FieldPanel("zone_change")]),
            ],
            heading=_("Address and time zone"),
            classname="collapsed",
        ),
    ]


def registration_panel() -> Panel:
    return MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("price"), FieldPanel("price_amount"), FieldPanel("price_currency")]),
            FieldPanel("registration_url"),
            FieldRowPanel([FieldPanel("has_waiting_list"), FieldPanel("confirmation")]),
            FieldPanel("most_seats", required_on_save=True, help_text=SEATS_HELP),
            FieldRowPanel([FieldPanel("registration_until"), FieldPanel("registration_lead", required_on_save=True)]),
            FieldPanel("questions"),
            FieldPanel("consent"),
            FieldRowPanel([FieldPanel("reminder_hours", required_on_save=True), FieldPanel("reminder_note")]),
            FieldRowPanel([FieldPanel("offers_recap_news", help_text=NEWS_HELP), FieldPanel("sends_thanks")]),
        ],
        heading=_("Price, waiting list, questions and reminder"),
        classname="collapsed",
    )
