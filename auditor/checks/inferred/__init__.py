"""What is left: the derivation of a number among its nearest neighbours."""
