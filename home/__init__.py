"""The pages that gather what the others publish."""
