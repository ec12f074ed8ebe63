"""The list of ideas: what readers, partners and past events suggest, until somebody plans or dismisses it."""
