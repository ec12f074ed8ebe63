"""Changes to an account, its invitation, and unconfirmed new addresses and roles."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core import signing
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from portal.platform.operation.keys import lasting_hash

INVITATION_SALT = "portal.editorial.account_invitation"
ADDRESS_SALT = "portal.editorial.account_address"
PROPOSAL_LIFETIME = timedelta(days=14)


class AccountChangeQuerySet(models.QuerySet["AccountChange"]):
    def giving_control(self, since: datetime) -> Self:
        """Changes since `since` that may have given somebody else control of an account."""
        kind = AccountChange.Kind
        kinds = [kind.CREATED, kind.ADDRESS, kind.PASSWORD, kind.LINK, kind.ROLES, kind.FACTORS]
        account = models.OuterRef("account")
        consents = AccountChange.objects.filter(account=account, actor=account, kind=kind.ADDRESS)
        has_consent = models.Exists(consents.filter(at__gte=models.OuterRef("at")))
        by_others = self.filter(at__gt=since, actor__isnull=False).exclude(actor=models.F("account"))
        return by_others.filter(models.Q(kind__in=kinds) | models.Q(has_consent, kind=kind.ADDRESS_ASKED))

    def visible_at(self, sites: Any, people: Any) -> Self:
        """The changes visible to administrators of these sites: role changes there, and account changes by `people`."""
        of_account = models.Q(site=None) & ~models.Q(kind=AccountChange.Kind.ROLES)
        is_gone = ~models.Exists(get_user_model()._default_manager.filter(pk=models.OuterRef("actor")))
        is_known = is_gone | models.Q(actor=models.F("account")) | models.Q(actor__in=people)
        return self.filter(models.Q(site__in=sites) | of_account & is_known)


class AccountChange(models.Model):
    """A change that somebody made to an account. `details` is shown to users.

    `site` is the site whose roles changed; empty for a change to the account itself or to other groups.
    """

    class Kind(models.TextChoices):
        CREATED = "created", _("created the account")
        ADDRESS_ASKED = "asked", _("requested a new address")
        REFUSED = "refused", _("refused another address")
        ADDRESS = "address", _("changed the address")
        PASSWORD = "password", _("set the password")
        LINK = "link", _("sent a link to set the password")
        FACTORS = "factors", _("removed the second factors")
        WITHDRAWN = "withdrawn", _("withdrew the invitation")
        ROLES = "roles", _("changed the roles")
        PROPOSED = "proposed", _("proposed a role for another administrator to confirm")
        DECLINED = "declined", _("turned down a proposed role")
        ALONE = "alone", _("gave a role without a second administrator: there was none")
        STATE = "state", _("opened or closed the account")
        DELETED = "deleted", _("deleted the account")

    class Administration(models.TextChoices):
        BEGAN = "began"
        ENDED = "ended"

    # Kinds that give the actor control of the account. After other changes, the owner can still sign in.
    TAKES_OVER = frozenset({Kind.CREATED, Kind.ADDRESS, Kind.PASSWORD})

    # The primary keys of deleted accounts remain, as in Wagtail's log.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    kind = models.CharField(max_length=9, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    details = models.CharField(max_length=600, blank=True)
    site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, related_name="+")
    # Whether the account lost a role that allowed it to publish on the site.
    ended_approval = models.BooleanField(default=False, db_default=False)
    # Whether the account became an administrator of the site, or ceased to be one.
    administration = models.CharField(max_length=5, choices=Administration, blank=True, db_default="")

    objects = AccountChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("account change")
        verbose_name_plural = _("account changes")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["account", "-at"], name="editorial_account_changes")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.details}".strip()


class AccountInvitation(models.Model):
    """The emailed invitation to use an account. Its link is valid until it expires or is used, resent or withdrawn."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="account_invitation"
    )
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"))
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self):
        return f"{self.account}: {self.sent_at:%Y-%m-%d}"

    @property
    def token(self) -> str:
        return signing.dumps([self.pk, self._fingerprint()], salt=INVITATION_SALT)

    def is_for(self, fingerprint: str) -> bool:
        """Whether the link is the newest, and password, address and last sign-in have not changed since."""
        return constant_time_compare(fingerprint, self._fingerprint())

    def is_open(self, now: datetime) -> bool:
        return self.withdrawn_at is None and now < self.expires_at

    def _fingerprint(self) -> str:
        account: Any = self.account
        facts = [self.sent_at.isoformat(), account.password, account.email, str(account.last_login)]
        return lasting_hash(INVITATION_SALT, "\n".join(facts))[:32]


class AddressChange(models.Model):
    """A new address for an account; valid once its owner or a second administrator has confirmed it."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="address_change"
    )
    address = models.EmailField(_("new address"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("address change")
        verbose_name_plural = _("address changes")

    def __str__(self):
        return f"{self.account}: {self.address}"

    @property
    def token(self) -> str:
        return signing.dumps(self._facts, salt=ADDRESS_SALT)

    def is_for(self, facts: list[Any]) -> bool:
        return facts == self._facts

    @property
    def _facts(self) -> list[Any]:
        return [self.pk, self.address, self.account.email, self.asked_at.isoformat()]


class RoleProposalQuerySet(models.QuerySet["RoleProposal"]):
    def open(self, now: datetime) -> Self:
        """Recent proposals for open accounts, except those whose invitation expired unused."""
        is_expired = models.Q(account__last_login=None, account__account_invitation__expires_at__lte=now)
        recent = self.filter(proposed_at__gt=now - PROPOSAL_LIFETIME, account__is_active=True)
        return recent.exclude(is_expired)


class RoleProposal(models.Model):
    """A proposal to grant a role that may approve.

    It takes effect once another administrator confirms it, and is deleted once decided.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_proposals")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)

    objects = RoleProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed role")
        verbose_name_plural = _("proposed roles")
        constraints = [
            models.UniqueConstraint(fields=["account", "group"], name="editorial_one_proposal_of_a_role"),
        ]

    def __str__(self):
        return f"{self.account}: {self.group}"
