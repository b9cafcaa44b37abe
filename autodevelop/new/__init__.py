"""A project to start from, and its files as templates."""
