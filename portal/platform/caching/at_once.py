"""How the web server asks for an answer that is there already, before it lets a thread make one."""

# Set in the environment of a question that only a kept answer may be given to.
ONLY_KEPT = "portal.only_kept"


class NotKeptError(BaseException):
    """There is no kept answer that is right, or it would have to be packed first.

    No `Exception`, which everything on the way would log as a failure of the application.
    """
