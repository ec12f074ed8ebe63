"""Additions to Wagtail's page editor: window keys, partial autosaves, comparisons, checks in the preview."""
