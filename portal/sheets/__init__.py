"""Documents by mail: readers leave an address and get a link that is theirs. Can be taken out: see `apps`."""
