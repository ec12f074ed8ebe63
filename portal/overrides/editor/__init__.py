"""What the page editor has beside Wagtail: keys of windows, signing in again, checks in the preview."""
