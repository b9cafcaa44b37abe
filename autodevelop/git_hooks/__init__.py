"""Git's hooks: installed, called, and what they do."""
