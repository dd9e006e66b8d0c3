"""What comes from outside, read without trust: XML, HTML, JSON, and what pages of results have in common."""
