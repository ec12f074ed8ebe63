from importlib import import_module

Migration = import_module("portal.sheets.migrations.0003_status_and_person").Migration
