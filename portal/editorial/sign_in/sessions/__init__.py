"""Account sessions: listing and ending them, and reauthentication before dangerous actions."""
