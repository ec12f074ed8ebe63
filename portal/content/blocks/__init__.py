"""The blocks of page bodies and site settings. None of them queries lists of pages."""
