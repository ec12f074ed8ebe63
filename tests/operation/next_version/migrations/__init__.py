"""Migrations of an app as a later version would have them: `settings.MIGRATION_MODULES` names this package."""
