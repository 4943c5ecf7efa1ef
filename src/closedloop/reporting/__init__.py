"""Answers about many cases at once: targets, routines, statistics with their report, and until when a case must be kept."""
