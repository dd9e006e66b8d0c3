"""A window of a member's list, however it is given: by place or in numbered pages, filtered here where it can't be."""
