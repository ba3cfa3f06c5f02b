"""Everything that speaks SQL: tables, the tenant door, one repository per noun, migrations."""
