"""The readers' search: index, engines, results page, suggestions and report."""
