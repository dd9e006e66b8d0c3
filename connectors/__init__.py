"""One module per library system, and what they share."""
