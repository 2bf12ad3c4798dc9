"""The museum of bugs: small wrong implementations that the suite must catch."""
