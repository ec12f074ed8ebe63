"""The edit panels of an event, in their order."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.models import Page

from portal.core.blocks.pictures import LEAD_IMAGE_FIELDS


def event_panels() -> list[Panel]:
    return [
        *Page.content_panels,
        FieldPanel("standfirst"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("start"), FieldPanel("end")]),
                FieldRowPanel([FieldPanel("is_all_day"), FieldPanel("time_zone")]),
                FieldRowPanel([FieldPanel("doubled_hour"), FieldPanel("zone_change")]),
                FieldRowPanel([FieldPanel("status"), FieldPanel("status_note")]),
            ],
            heading=_("When"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("recurrence"),
                InlinePanel("added_dates", heading=_("Dates added"), label=_("date")),
                InlinePanel("changed_dates", heading=_("Dates changed, cancelled or left out"), label=_("date")),
                InlinePanel("breaks", heading=_("Pauses"), label=_("pause")),
            ],
            heading=_("Series"),
            help_text=_("What has begun stays as it was, whatever changes here."),
        ),
        MultiFieldPanel(
            [FieldPanel("venue"), FieldPanel("place"), FieldPanel("address"), FieldPanel("online_url")],
            heading=_("Where"),
        ),
        MultiFieldPanel(
            [FieldPanel(name) for name in LEAD_IMAGE_FIELDS],
            heading=_("Lead image"),
        ),
        FieldPanel("body"),
        FieldPanel("programme"),
        FieldPanel("speakers"),
        MultiFieldPanel([FieldPanel("price"), FieldPanel("registration_url")], heading=_("Taking part")),
        registration_panel(),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("organiser"), FieldPanel("organiser_url")]),
                FieldPanel("partners"),
                FieldRowPanel([FieldPanel("contact_name"), FieldPanel("contact_email"), FieldPanel("contact_phone")]),
            ],
            heading=_("Organiser"),
        ),
        FieldPanel("documents"),
        InlinePanel("page_topics", heading=_("Topics"), label=_("topic")),
    ]


def registration_panel() -> Panel:
    return MultiFieldPanel(
        [
            FieldPanel("takes_registrations"),
            FieldRowPanel([FieldPanel("capacity"), FieldPanel("most_seats", required_on_save=True)]),
            FieldPanel("has_waiting_list"),
            FieldRowPanel([FieldPanel("registration_until"), FieldPanel("registration_lead", required_on_save=True)]),
            FieldPanel("questions"),
            FieldPanel("consent"),
            FieldPanel("offers_recap_news"),
        ],
        heading=_("Registration here"),
    )
