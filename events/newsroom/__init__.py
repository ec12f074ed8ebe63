"""What the newsroom has for events beside their pages: venues, subscribed calendars, the dates of a series."""
