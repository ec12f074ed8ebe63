"""Events and recaps proposed without an account: the public form, the sender's link, and the newsroom's decision."""
