"""What is wrong with a project and its clone, each with its remedy."""
