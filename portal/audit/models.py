"""The tables of the audit log: the chain, the acts not chained yet, and the words of each act."""

from django.db import models
from django.utils.translation import gettext_lazy as _

HASH_LENGTH = 64


class AuditedAct(models.Model):
    """An act as keys and codes; `who` and `what` are digests of its words.

    The keys are not foreign keys, because the act stays when its record is deleted. `site_key` is None for the network.
    `actor_key` is None for the installation itself and for anonymous visitors.
    """

    event = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField(_("time"), db_index=True)
    site_key = models.BigIntegerField(null=True, db_index=True)
    actor_key = models.BigIntegerField(null=True, db_index=True)
    action = models.CharField(_("action"), max_length=100, db_index=True)
    model = models.CharField(max_length=100, blank=True)
    object_key = models.CharField(max_length=255, blank=True)
    who = models.CharField(max_length=HASH_LENGTH, blank=True)
    what = models.CharField(max_length=HASH_LENGTH, blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class AuditEntry(AuditedAct):
    """One link of the chain. `hash` covers all other fields; `previous` is the hash of the entry before.

    A retention entry records the removal of the entries up to the sequence number `removes_to`; its `object_key` is the
    hash of the last removed entry.
    """

    sequence = models.BigIntegerField(primary_key=True)
    removes_to = models.BigIntegerField(null=True)
    previous = models.CharField(max_length=HASH_LENGTH, blank=True)
    hash = models.CharField(max_length=HASH_LENGTH)

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        ordering = ["-sequence"]


class UnchainedAct(AuditedAct):
    """An act that is not chained yet. It is written in the transaction that it describes.

    It is chained after that transaction, because appending to the chain takes a lock.
    """


class AuditWords(models.Model):
    """The words of one act as canonical JSON: `who` did it and from where, or `what` was done and to what.

    The chain contains only a digest of the words, so that words about a person can be erased. Without the random
    `salt`, anyone who knows a name could recognise its digest.
    """

    event = models.CharField(max_length=32)
    kind = models.CharField(max_length=4, choices=[("who", "who"), ("what", "what")])
    salt = models.CharField(max_length=32)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "kind"], name="audit_one_text_of_a_kind")]

    def __str__(self):
        return self.text
