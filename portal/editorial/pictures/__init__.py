"""The newsroom's pictures and documents: uploads, licences, folders and read-only pages."""
