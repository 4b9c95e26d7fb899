"""The command line: python3 -m greeter NAME [--language CODE]."""

import argparse

from greeter.greet import DEFAULT_LANGUAGE, GREETINGS, greet


def main():
    parser = argparse.ArgumentParser(prog="greeter", description="Says hello.")
    parser.add_argument("name", help="whom to greet")
    parser.add_argument(
        "--language",
        default=DEFAULT_LANGUAGE,
        help="one of %s" % ", ".join(sorted(GREETINGS)),
    )
    arguments = parser.parse_args()
    print(greet(arguments.name, arguments.language))


if __name__ == "__main__":
    main()
