"""Links of public pages to other sites, checked in the background."""
