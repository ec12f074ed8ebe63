"""The newsroom's list of webhooks and their forms, for site administrators."""

from typing import Any

from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import history, usage
from wagtail.admin.views.generic.models import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from portal.content.separation.records import PermittedList, RequiresObjectPermission
from portal.webhooks import views
from portal.webhooks.comparing import record_public_pages
from portal.webhooks.forms import WebhookForm
from portal.webhooks.models import ReportedPage, Webhook


class WebhookIndexView(PermittedList, IndexView):
    pass


class WebhookCreateView(CreateView):
    def save_instance(self) -> Any:
        secret = self.form.instance.renew_secret()
        webhook = super().save_instance()
        if not Webhook.objects.filter(site=webhook.site_id).exclude(pk=webhook.pk).exists():
            ReportedPage.objects.filter(site=webhook.site_id).delete()
            record_public_pages.enqueue(webhook.site_id)
        views.show_secret(self.request, secret)
        return webhook

    def get_success_url(self) -> str:
        return reverse("webhooks:log", args=[self.object.pk])


class WebhookEditView(RequiresObjectPermission, EditView):
    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("webhooks:log", args=[self.object.pk])
        return [HeaderButton(_("Messages"), url=url, icon_name="list-ul")]


class WebhookDeleteView(RequiresObjectPermission, DeleteView):
    required_permission = "delete"


class WebhookHistoryView(RequiresObjectPermission, history.HistoryView):
    pass


class WebhookUsageView(RequiresObjectPermission, usage.UsageView):
    pass


class WebhookViewSet(ModelViewSet):
    model = Webhook
    icon = "link-external"
    name = "webhooks"
    url_prefix = "office/webhooks"
    menu_label = gettext_lazy("Webhooks")
    menu_name = "webhooks"
    menu_order = 830
    add_to_settings_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = WebhookIndexView
    add_view_class = WebhookCreateView
    edit_view_class = WebhookEditView
    delete_view_class = WebhookDeleteView
    history_view_class = WebhookHistoryView
    usage_view_class = WebhookUsageView
    list_display = [
        "name",
        Column("site", label=gettext_lazy("Site"), sort_key="site"),
        Column("shown_url", label=gettext_lazy("Address")),
        Column("state", label=pgettext_lazy("of a webhook", "State"), sort_key="is_active"),
    ]

    edit_handler = ObjectList(["site", "name", "url", "format", "events", "is_active"], base_form_class=WebhookForm)

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("<int:key>/messages/", views.WebhookLogView.as_view(), name="log"),
            path("<int:key>/messages/<uuid:delivery>/again/", views.again, name="again"),
            path("<int:key>/sample/", views.sample, name="sample"),
            path("<int:key>/secret/", views.secret, name="secret"),
        ]


webhook_viewset = WebhookViewSet()
