"""The ground: other programs, git, files, locks, SQLite."""
