from importlib import import_module

Migration = import_module("portal.sheets.migrations.0002_pages_hidden_from_search_engines").Migration
