"""The newsroom's desk: what waits for whom, what comes next, and the pages that mails lead to."""
