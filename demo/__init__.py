"""A small federation of real protocol servers over a shipped catalogue."""
