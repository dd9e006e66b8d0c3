"""A question in the words of a system: CQL, Lucene, one box, and what is given up where a system can do less. Pure."""
