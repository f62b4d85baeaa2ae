"""The question library for assistants (Model Context Protocol): tools, documents, and answers with what they rest on."""
