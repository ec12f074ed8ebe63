from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "portal.backups"
    label = "backups"

    def ready(self):
        from functools import partial

        from portal.backups.status import backup_age, last_rehearsal
        from portal.platform.status.conditions import conditions, details

        conditions["backup"] = backup_age
        details["backup"] = partial(backup_age, queries_restic=True)
        details["rehearsal"] = last_rehearsal
