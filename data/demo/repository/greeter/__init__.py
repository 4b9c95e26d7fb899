"""Says hello, in the language you ask for."""

from greeter.greet import GREETINGS, greet

__all__ = ["GREETINGS", "greet"]
