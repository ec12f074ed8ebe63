"""What is said to whoever runs a command when a backup cannot be made or restored."""


class BackupError(Exception):
    """A sentence that says what is wrong and, where it can be told, what to do."""
