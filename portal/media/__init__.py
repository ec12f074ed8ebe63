"""Images and documents: models, upload, delivery, embargo."""
