"""Small exact values: amounts of time and money, choices, labels, clauses, read-only mappings."""
