"""Pure: from a report to a finding."""
