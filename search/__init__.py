"""The public search: index, engines, results page, suggestions and report."""
