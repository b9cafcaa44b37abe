"""A tree in a clean room, and the sessions that run on it."""
