"""The blocks of page bodies and site settings; none of them queries lists of pages."""
