"""The admin views for events: venues, subscribed calendars, series dates, recaps and registrations."""
