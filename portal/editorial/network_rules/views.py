"""The screen on which network administrators set rules for all sites."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.log_actions import log

from portal.content.network.retention import NetworkRetention
from portal.editorial.models import Role
from portal.editorial.network_rules.forms import NetworkRetentionForm
from portal.editorial.records.sign_in import SignInRule
from portal.editorial.sign_in.rules_view import SignInRuleForm
from portal.editorial.site_checklist.forms import NetworkChecklistForm
from portal.editorial.site_checklist.network import network_checklist
from portal.platform.newsroom_views import NewsroomView, crumb


class NetworkRulesView(NewsroomView, TemplateView):
    template_name = "editorial/network_rules/form.html"
    page_title = gettext_lazy("Rules for all sites")
    header_icon = "lock"
    http_method_names = ["get", "head", "options", "post"]

    def test_func(self) -> bool:
        return self.request.user.is_superuser

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(self.page_title)]

    def forms(self, data: Any = None) -> dict[str, Any]:
        rules = {rule.role: rule for rule in SignInRule.objects.filter(site=None)}
        return {
            "retention": NetworkRetentionForm(data, instance=NetworkRetention.load(), prefix="retention"),
            "sign_in": [
                (role.label, SignInRuleForm(data, instance=rules.get(role) or SignInRule(role=role.value), prefix=role))
                for role in Role
            ],
            "checklist": NetworkChecklistForm(data, instance=network_checklist()),
        }

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shown = self.forms(request.POST)
        forms = [shown["retention"], shown["checklist"], *(form for _role, form in shown["sign_in"])]
        # All of them are validated first, so that every error is shown at once.
        are_valid = [form.is_valid() for form in forms]
        if all(are_valid):
            for form in forms:
                if form.has_changed():
                    log(instance=form.save(), action="wagtail.edit", user=request.user)
            messages.success(request, _("The rules are saved. They count on all sites from now on."))
            return redirect("network_rules")
        messages.error(request, _("The rules are not saved. Please correct the fields below."))
        return self.render_to_response(self.get_context_data(**shown), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return (self.forms() if "retention" not in kwargs else {}) | context | {"trash_days": settings.TRASH_DAYS}
