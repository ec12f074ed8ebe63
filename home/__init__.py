"""Home pages, sections, standard pages and forms."""
