"""The one exception of the package, apart from the data types so that the command starts without them."""


class AuditorError(Exception):
    """A broken rule file, grammar, template or configuration: never something that a document says.

    The message is one line and starts with the place ("rules/x.yaml:7:3: unknown key …") where there is one.
    """
