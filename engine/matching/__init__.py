"""The parts of matching: what of a record is compared, how alike two descriptions are, which editions a title has."""
