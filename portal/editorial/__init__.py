"""The path from a draft to a published page: roles, workflow and approval."""
