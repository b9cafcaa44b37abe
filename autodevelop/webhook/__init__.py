"""A forge delivers what was merged, and one worker deploys it."""
