"""The search itself. Knows no protocol, no library, no store."""
