"""Records that readers send and people of the newsroom handle: status, person in charge, and their log."""
