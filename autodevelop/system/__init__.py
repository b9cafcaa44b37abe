"""The lowest layer: other programs, git, files, locks, SQLite."""
