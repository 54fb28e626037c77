"""Trucewatch: tells, seconds after the first report, when a ceasefire is broken."""

__version__ = "0.1.0"
