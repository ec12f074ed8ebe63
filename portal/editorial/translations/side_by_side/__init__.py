"""The translation editor: the original on one side, the draft on the other."""
