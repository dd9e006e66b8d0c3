"""Searches that are forms: their fields, their hidden state, their pagers that are buttons."""
