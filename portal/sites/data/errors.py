"""What is said to whoever runs a command when a site cannot be exported, imported or deleted."""


class TransferError(Exception):
    """A sentence that says what is wrong and, where it can be told, what to do."""
