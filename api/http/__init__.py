"""What every route shares: bodies, headers, errors, access, the OpenAPI document."""
