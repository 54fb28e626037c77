"""All SQL of Trucewatch: one module a subject, whose functions take an open connection."""
