"""Pages of data that is not ours: what a served file says of itself, and nothing of Kommunegraf."""
