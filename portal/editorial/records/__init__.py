"""Models of the newsroom that need none of its rules: failed schedules, embargoed files, waivers, invitations, and the
versions that translations are based on."""
