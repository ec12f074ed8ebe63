"""Documents by mail: a reader leaves an address and gets a personal link. Separable: see `apps`."""
