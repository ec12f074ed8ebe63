"""The checklist by the site: which lines are off, advice or required, and the lines that only some sites have."""
