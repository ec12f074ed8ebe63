"""Newsletters of the sites: who receives them, what they hold, how they are sent. Separable: nothing imports it."""
