"""The storyboard studio: workspaces, takes and picks, on the one path of every generation."""
