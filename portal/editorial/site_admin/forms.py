"""Site administration forms, limited to the administrator's own sites."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _
from wagtail.models import Site

from portal.accounts.names import name_of
from portal.editorial.accounts.addresses import ask_for_change
from portal.editorial.accounts.invitations import invite
from portal.editorial.accounts.passwords import create_account, free_user_name
from portal.editorial.models import ROLE_TASKS, Role, RoleGroup
from portal.editorial.roles import (
    ROLE_PERMISSIONS,
    group_of,
    names_of_sections,
    section_group,
    sections_for,
    sections_of,
    set_up_newsroom,
)
from portal.editorial.site_admin.scope import accounts_of, former_account, has_other_permissions, sites_administered


class RoleChoices(forms.CheckboxSelectMultiple):
    template_name = "editorial/site_admin/role_choices.html"


class AccountForm(forms.ModelForm):
    """An account with its roles on the sites of `administrator`; roles on other sites do not change.

    A new account is invited by email, and so is an account that had lost all its roles there. A new address is saved
    once it has been confirmed.
    """

    roles = forms.MultipleChoiceField(label=_("Roles"), required=False, widget=RoleChoices)
    # Shown if no role is selected.
    leaves = forms.BooleanField(
        label=_("Take away all roles"), required=False, widget=forms.CheckboxInput({"autofocus": True})
    )

    class Meta:
        model = get_user_model()
        fields = ["first_name", "last_name", "email", "is_active"]
        labels = {"is_active": _("May sign in")}
        help_texts = {"is_active": _("Without this the account is closed; what this person wrote stays.")}

    def __init__(self, data: Any = None, *, instance: Any, administrator: Any):
        self.is_invitation = instance is None
        if data and self.is_invitation:
            instance = former_account(_address_in(data), administrator)
        super().__init__(data, instance=instance)
        self.administrator = administrator
        self.sites = list(sites_administered(administrator))
        self.fields["email"].required = True
        self.fields["roles"].choices = self._choices()  # type: ignore[attr-defined]
        if self.is_invitation:
            for name in ("first_name", "last_name"):
                self.fields[name].required = True
        if self.instance.pk:
            self.initial["roles"] = [_code(each.site, each.role, each.section_id) for each in self._current_roles()]
            if has_other_permissions(self.instance, administrator):
                # By changing the email address, the administrator could take over permissions on other sites.
                for name in ("first_name", "last_name", "email", "is_active"):
                    self.fields[name].disabled = True
        if self.is_invitation:
            del self.fields["is_active"]
        if self.is_invitation or not data or data.getlist("roles") or not self.initial["roles"]:
            del self.fields["leaves"]

    def clean_email(self) -> str:
        address = self.cleaned_data["email"]
        known = accounts_of(self.administrator).filter(email__iexact=address).exclude(pk=self.instance.pk)
        if self.is_invitation and (person := known.first()):
            raise forms.ValidationError(
                format_html(
                    '{} <a href="{}">{}</a>',
                    gettext("%(name)s has an account with this address.") % {"name": name_of(person)},
                    reverse("site_accounts_edit", args=[person.pk]),
                    gettext("Give the role there"),
                )
            )
        return address

    def clean_leaves(self) -> bool:
        if not self.cleaned_data["leaves"]:
            raise forms.ValidationError(
                gettext(
                    "No role is ticked. Without one, %(name)s can do nothing here and is no longer listed; what they "
                    "wrote stays. To bring them back, invite the same address again. Tick a role, or tick this box "
                    "and save."
                )
                % {"name": name_of(self.instance)}
            )
        return True

    def clean_roles(self) -> list[str]:
        codes = self.cleaned_data["roles"]
        if self.instance.pk == self.administrator.pk:
            own = {
                _code(each.site, each.role, None)
                for each in self._current_roles()
                if ROLE_PERMISSIONS[Role(each.role)].administers
            }
            if not own <= set(codes):
                raise forms.ValidationError(gettext("Somebody else must remove your role as an administrator."))
        if self.is_invitation and not codes:
            raise forms.ValidationError(gettext("Give at least one role."))
        return codes

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        if not self.instance.pk:
            fields = {name: self.cleaned_data[name] for name in ("first_name", "last_name", "email")}
            person = create_account(free_user_name(f"{fields['first_name']} {fields['last_name']}"), **fields)
        else:
            self.instance.email = self.initial["email"]
            person = super().save()
        other_groups = person.groups.exclude(newsroom_role__site__in=self.sites)
        person.groups.set([*other_groups, *(self._group(code) for code in self.cleaned_data["roles"])])
        if self.is_invitation:
            invite(person, self.administrator)
        elif "email" in self.changed_data:
            ask_for_change(person, self.cleaned_data["email"], self.administrator)
        return person

    def _current_roles(self):
        return RoleGroup.objects.filter(group__user=self.instance, site__in=self.sites)

    def _choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The site-wide roles of each site, then those in its sections, each with a description."""
        choices = []
        for site in self.sites:
            name = site.site_name or site.hostname
            for_site = [role for role, permissions in ROLE_PERMISSIONS.items() if permissions.holds_for_site]
            for_section = [role for role, permissions in ROLE_PERMISSIONS.items() if permissions.holds_for_section]
            choices.append((name, [(_code(site, role, None), _with_task(role)) for role in for_site]))
            by_role = [(f"{name}. {_with_task(role)}", self._section_choices(site, role)) for role in for_section]
            choices += [each for each in by_role if each[1]]
        return choices

    def _section_choices(self, site: Site, role: Role) -> list[tuple[str, str]]:
        """The sections in which a role can be granted or this person has it."""
        groups = RoleGroup.objects.filter(site=site, role=role).exclude(section=None)
        keys = dict(groups.values_list("section__translation_key", "section"))
        offered = {section.translation_key for section in sections_for(site, role)}
        if self.instance.pk:
            held = groups.filter(group__user=self.instance)
            offered |= set(held.values_list("section__translation_key", flat=True))
        names = names_of_sections(site)
        return [
            (_code(site, role, keys.get(section.translation_key, section.pk)), names[section.translation_key])
            for section in sections_of(site)
            if section.translation_key in offered
        ]

    def _group(self, code: str) -> Group:
        site_key, role_name, section_key = code.split(".")
        site, role = next(site for site in self.sites if str(site.pk) == site_key), Role(role_name)
        if not section_key:
            if not RoleGroup.objects.filter(site=site, role=role, section=None).exists():
                set_up_newsroom(site)
            return group_of(site, role)
        existing = RoleGroup.objects.filter(site=site, role=role, section=section_key).first()
        if existing:
            section = existing.section
        else:
            section = next(page for page in sections_of(site) if str(page.pk) == section_key)
        return section_group(site, role, section)


def _address_in(data: Any) -> str:
    try:
        return forms.EmailField().clean(data.get("email", ""))
    except forms.ValidationError:
        return ""


def _with_task(role: Role) -> str:
    return gettext("%(role)s: %(task)s") % {"role": role.label, "task": ROLE_TASKS[role]}


def _code(site: Site, role: str, section: int | None) -> str:
    return f"{site.pk}.{Role(role).value}.{section or ''}"
