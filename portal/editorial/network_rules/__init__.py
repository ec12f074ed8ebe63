"""Settings → Rules for all sites: retention, sign-in and the checklist, as defaults or locked."""
