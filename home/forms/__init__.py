"""Forms that editors compose, and the messages that readers send with them."""
