"""Page translations: the version each is based on, what has changed since, and how it is updated."""
