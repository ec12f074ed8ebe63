"""Settings → People: the page where an administrator offboards a person and sees the consequences."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from wagtail.admin import messages

from portal.accounts.names import name_of
from portal.editorial.offboarding.act import offboard
from portal.editorial.offboarding.holdings import SiteHoldings, candidates, endings_of, holdings_at
from portal.editorial.offboarding.words import STRANDED, WAITING, endings_in_words, handed_over_in_words
from portal.editorial.sign_in.factors.held import factors_of, in_words
from portal.editorial.site_admin.people import AccountAdminView
from portal.editorial.site_admin.scope import has_other_permissions, sites_administered
from portal.platform.newsroom_views import crumb


class OffboardingForm(forms.Form):
    """Selects the person who takes over on each site where there is work to hand over."""

    def __init__(self, data: Any = None, *, person: Any, holdings: list[SiteHoldings]):
        super().__init__(data)
        self.holdings = holdings
        able = candidates(person, holdings)
        for each in holdings:
            if each.handed_over:
                name, site = f"holder_{each.site.pk}", _name(each)
                people = {one.pk: one for one in able[each.site.pk]}
                self.fields[name] = forms.TypedChoiceField(
                    label=gettext("Who takes over at %(site)s") % {"site": site},
                    choices=[("", "---------"), *((key, name_of(one)) for key, one in people.items())],
                    coerce=lambda key, people=people: people[int(key)],
                    help_text="" if people else _nobody(each),
                    error_messages={
                        "required": gettext("Choose who takes over at %(site)s.") % {"site": site}
                        if people
                        else _nobody(each)
                    },
                )

    def clean(self) -> None:
        for each in self.holdings:
            if each.stranded:
                self.add_error(None, STRANDED % {"number": each.stranded, "site": _name(each)})

    @property
    def holders(self) -> dict[int, Any]:
        """The people who take over, by site."""
        return {int(name.removeprefix("holder_")): holder for name, holder in self.cleaned_data.items()}


def _name(holdings: SiteHoldings) -> str:
    return str(holdings.site.site_name or holdings.site.hostname)


def _nobody(holdings: SiteHoldings) -> str:
    text = gettext("Nobody else at %(site)s may edit all of these pages. Invite somebody, or give a role first.")
    if holdings.assigned:
        text = gettext(
            "Nobody else at %(site)s may edit all of these pages and read what readers have sent. Invite somebody, "
            "give a role first, or assign the messages and requests to others."
        )
    return text % {"site": _name(holdings)}


class OffboardingView(AccountAdminView):
    template_name = "editorial/offboarding/leave.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.person = get_object_or_404(self.objects(), pk=kwargs["key"])
        if self.person.pk == request.user.pk:
            raise Http404

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self._context(None))

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Meanwhile another administrator may have offboarded the person or changed their roles.
        get_object_or_404(get_user_model().objects.select_for_update(no_key=True), pk=self.person.pk)
        self.person = get_object_or_404(self.objects(), pk=self.person.pk)
        context = self._context(request.POST)
        form = context["form"]
        if not form.is_valid():
            return self.render_to_response(context)
        offboard(self.person, request.user, form.holdings, form.holders, context["closes"])
        left = gettext("%(name)s has left the newsroom.")
        text = left if context["closes"] else gettext("%(name)s has left your sites.")
        messages.success(request, text % {"name": name_of(self.person)})
        return redirect(self.list_url_name)

    def breadcrumbs(self) -> list[dict[str, Any]]:
        leaves = gettext("%(person)s leaves the newsroom")
        person = crumb(self.person, reverse(self.edit_url_name, args=[self.person.pk]))
        return [*super().breadcrumbs(), person, crumb(leaves % {"person": self.person})]

    def _context(self, data: Any) -> dict[str, Any]:
        user = self.request.user
        holdings = holdings_at(self.person, sites_administered(user))
        closes = not has_other_permissions(self.person, user)
        form = OffboardingForm(data, person=self.person, holdings=holdings)
        paths = None if closes else [path for each in holdings for path in each.homes]
        sites = [
            {
                "name": _name(each),
                "roles": [str(role) for role in each.roles],
                "lines": handed_over_in_words(each.handed_over),
                "waiting": WAITING % {"number": each.waiting} if each.waiting else "",
                "stranded": STRANDED % {"number": each.stranded, "site": _name(each)} if each.stranded else "",
                "field": form[f"holder_{each.site.pk}"] if each.handed_over else None,
            }
            for each in holdings
        ]
        facts = {"person": self.person, "closes": closes, "sites": sites, "form": form}
        factors = in_words(factors_of([self.person])[self.person.pk])
        return self.get_context_data(**facts, endings=endings_in_words(endings_of(self.person, paths), factors))


URLS = [path("office/people/<int:key>/leave/", OffboardingView.as_view(), name="site_accounts_leave")]
