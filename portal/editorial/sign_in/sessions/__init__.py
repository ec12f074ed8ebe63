"""The sessions of an account, how they end, and reauthentication before dangerous acts."""
