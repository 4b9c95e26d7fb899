"""The greetings."""

DEFAULT_LANGUAGE = "en"

GREETINGS = {
    "en": "Hello, {name}!",
    "fr": "Bonjour, {name} !",
}


def greet(name, language=DEFAULT_LANGUAGE):
    """Greet name in the language, or in English when the language is not known."""
    greeting = GREETINGS.get(language, GREETINGS[DEFAULT_LANGUAGE])
    return greeting.format(name=name)
