"""The closed rule language: tests on declared fields, tables of rules, and what missing facts leave possible."""
