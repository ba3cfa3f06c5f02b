"""Where story projects are kept: in a folder, in the storage, or in memory."""
