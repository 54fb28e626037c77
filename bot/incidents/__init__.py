"""Pure: from a finding and the open incidents to what is new, grown or the same."""
