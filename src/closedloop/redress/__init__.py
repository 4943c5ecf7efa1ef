"""Redress: who may grant what, what a settlement needs, who bears a loss, and how returned goods are booked."""
