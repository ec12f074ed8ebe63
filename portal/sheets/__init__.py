"""Documents by email: a reader enters an address and gets a personal link. Separable: see `apps`."""
