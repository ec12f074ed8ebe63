"""The report on all sites of the network."""
