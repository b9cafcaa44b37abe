"""A forge says that something was merged; one worker has it live."""
