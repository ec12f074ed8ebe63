"""Every screen, form, template and script of Wagtail that the portal changes; each file says why, and until when."""
