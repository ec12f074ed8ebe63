"""manage.py create_role_user: creates an account with a role on a site."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email
from django.db import transaction
from wagtail.models import GroupPagePermission

from portal.content.management.english import EnglishCommand
from portal.editorial.accounts.invitations import invite
from portal.editorial.accounts.passwords import create_account, password_link
from portal.editorial.roles import ROLE_PERMISSIONS, Role, group_of, section_group, set_up_newsroom
from portal.editorial.sites import section_by_slug, site_by_host


class Command(EnglishCommand):
    help = (
        "Create an account with a role on a site. Its owner is invited by mail; without an e-mail address, the link at "
        "which a password is chosen is printed."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username")
        parser.add_argument("--site", metavar="HOST", required=True, help="The site's host.")
        parser.add_argument("--role", required=True, help="One of: " + ", ".join(Role.values))
        parser.add_argument(
            "--section", metavar="SLUG", default="", help="For section reviewers, and organisers of one section."
        )
        parser.add_argument("--email", default="")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        site = site_by_host(options["site"])
        role = self._role(options["role"])
        permissions = ROLE_PERMISSIONS[role]
        if not options["section"] and not permissions.holds_for_site:
            raise CommandError(f"The role {role.value} is for one section: name it with --section.")
        if options["section"] and not permissions.holds_for_section:
            raise CommandError(f"The role {role.value} is for the whole site: leave out --section.")
        section = section_by_slug(site, options["section"]) if options["section"] else None
        self._check_account(options["username"], options["email"])

        set_up_newsroom(site)
        group = section_group(site, role, section) if section else group_of(site, role)
        if section and not GroupPagePermission.objects.filter(group=group).exists():
            raise CommandError(f"The section {options['section']} has no calendar for organisers to write in.")
        user = create_account(options["username"], email=options["email"])
        user.groups.add(group)
        self.stdout.write(f"{user.username} is {role.value} of {site.hostname}" + (f", {section}." if section else "."))
        if user.email:
            invite(user, None)
            self.stdout.write(f"An invitation is on its way to {user.email}.")
        else:
            self.stdout.write(f"Choose the password at {password_link(user)}")

    def _role(self, name: str) -> Role:
        if name not in Role.values:
            raise CommandError(f"There is no role {name}. Roles: {', '.join(Role.values)}.")
        return Role(name)

    def _check_account(self, username: str, email: str) -> None:
        model = get_user_model()
        try:
            model._meta.get_field("username").clean(username, None)
            if email:
                validate_email(email)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if model.objects.filter(username__iexact=username).exists():
            raise CommandError(f"The name {username} is taken.")
