"""All SQL of Trucewatch."""
