"""From the text of a request to the body of its answer: schema, documents, validation, variables, cost."""
