"""Pictures and documents in the newsroom: uploads, licences, folders and read-only pages."""
