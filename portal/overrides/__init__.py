"""Changes to Wagtail's screens, forms, templates and scripts. Each file says why, and when it can be removed."""
