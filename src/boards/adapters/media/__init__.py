"""Looking into media files."""
