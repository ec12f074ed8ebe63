"""The newsroom's search: the latest versions of all pages that a person may open."""
