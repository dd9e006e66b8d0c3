"""The shared index of what is asked for often."""
