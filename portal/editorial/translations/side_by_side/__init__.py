"""The page on which somebody translates: the original on one side, the draft on the other."""
