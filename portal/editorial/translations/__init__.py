"""Page translations: the version on which each is based, the changes since that version, and updates."""
