"""What people can say and press."""
