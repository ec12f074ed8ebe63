from importlib import import_module

Migration = import_module("portal.sheets.migrations.0001_initial").Migration
