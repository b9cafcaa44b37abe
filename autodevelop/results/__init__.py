"""How cells ended: read, counted, shown."""
