"""Settings → Sign-in: the sign-in rules of each role, for network administrators."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput
from wagtail.log_actions import log
from wagtail.models import Site

from portal.editorial.models import Role, role_in_words
from portal.editorial.records.sign_in import SignInRule
from portal.editorial.sign_in.providers.configured import apps, usable_apps
from portal.editorial.sign_in.providers.settings_views import NetworkView
from portal.formats.fields import TypedDateField

NARROW = {"min": 1, "max": 10_000}


class SignInRuleForm(forms.ModelForm):
    demanded_from = TypedDateField(required=False, widget=AdminDateInput)

    class Meta:
        model = SignInRule
        fields = ("demanded_from", "may_trust", "session_hours", "idle_minutes")
        widgets = {"session_hours": forms.NumberInput(NARROW), "idle_minutes": forms.NumberInput(NARROW)}


class SignInRulesView(NetworkView):
    template_name = "editorial/sign_in/rules.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._shown(self._rows())

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        rows = self._rows(request.POST)
        are_valid = [form.is_valid() for _words, form in rows]
        if not all(are_valid):
            return self._shown(rows)
        for _words, form in rows:
            if form.has_changed():
                rule = form.save()
                log(instance=rule, action="wagtail.edit", user=request.user)
        messages.success(request, gettext("Saved."))
        return redirect("sign_in_rules")

    def _shown(self, rows: Any) -> HttpResponse:
        lacks_extra = len(usable_apps()) < len(apps())
        return self.render_to_response(self.get_context_data(rows=rows, apps=apps(), lacks_extra=lacks_extra))

    def _rows(self, data: Any = None) -> list[tuple[str, SignInRuleForm]]:
        """The roles of each site as text, with the form for each one's rule."""
        rules = {(rule.site_id, rule.role): rule for rule in SignInRule.objects.all()}
        rows = []
        for site in Site.objects.order_by("site_name", "hostname"):
            for role in Role:
                rule = rules.get((site.pk, role.value)) or SignInRule(site=site, role=role.value)
                form = SignInRuleForm(data, instance=rule, prefix=f"{site.pk}-{role.value}")
                rows.append((role_in_words(role, site), form))
        return rows
