"""Documents by email: a reader enters an address and gets a personal link. The app can be removed; see `apps`."""
