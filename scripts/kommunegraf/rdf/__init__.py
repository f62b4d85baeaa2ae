"""Terms, formats, engines and descriptions: RDF with nothing of Smart City in it."""
