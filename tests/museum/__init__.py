"""The museum of bugs: small wrong implementations that the tests must catch."""
