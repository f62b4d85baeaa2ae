"""Documents of the site by content negotiation."""
