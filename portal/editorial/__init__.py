"""How a draft becomes a published page: roles, workflow and approval."""
