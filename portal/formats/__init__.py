"""Date formats that differ from Django's, and the parsing of typed dates."""
