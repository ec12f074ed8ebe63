"""Additions to Wagtail's page editor: keys of windows, partial autosaves, comparisons, checks in the preview."""
