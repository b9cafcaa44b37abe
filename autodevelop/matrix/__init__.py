"""What is checked, and where: a noxfile becomes cells."""
