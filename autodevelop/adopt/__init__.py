"""What a repository needs to run its checks with autodevelop."""
