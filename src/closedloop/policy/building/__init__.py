"""Builds the validated model from a document: one module per kind of part, each reporting all that is wrong with it."""
