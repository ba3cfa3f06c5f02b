"""The GraphQL surface: one file for each noun of the schema."""
