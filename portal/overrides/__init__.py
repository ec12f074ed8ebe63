"""The screens, forms, templates and scripts of Wagtail that the portal changes. Each file says why, and until when."""
