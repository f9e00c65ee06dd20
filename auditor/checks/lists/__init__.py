"""Lists whose items break a total down."""
