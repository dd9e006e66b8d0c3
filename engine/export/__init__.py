"""A title in the forms that other programs read."""
