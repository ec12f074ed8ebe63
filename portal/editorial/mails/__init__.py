"""The mails of the newsroom: who is told what happens to a page, and when."""
