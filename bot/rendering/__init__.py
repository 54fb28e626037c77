"""Pure: from values to what people read."""
