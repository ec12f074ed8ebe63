"""Pictures and documents in the newsroom: their texts, licences and folders, and why one may not change them."""
