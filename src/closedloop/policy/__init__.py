"""The policy document: read, validated, changed, and turned into rules."""
