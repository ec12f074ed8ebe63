"""The admin views of events: venues, subscribed calendars, dates of a series, recaps and registrations."""
