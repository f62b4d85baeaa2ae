"""Who could work with whom, with the evidence for it."""
