"""Query files: read one, bind its parameters, ask it, describe it."""
