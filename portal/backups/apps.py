from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "portal.backups"
    label = "backups"

    def ready(self):
        from portal.backups.status import backup_age, kept_backup, last_rehearsal
        from portal.platform.status.conditions import conditions, details

        conditions["backup"] = backup_age
        details["backup"] = kept_backup
        details["rehearsal"] = last_rehearsal
