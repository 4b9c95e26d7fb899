"""A hundred thousand log lines in one run keep memory flat."""

import os

import flood
from harness import main, test

FEW, MANY = 1_000, 100_000
ALLOWED_MIB = 24  # between the two; the answer itself, which a model's turn holds, is 0.3


def frugal(box):
    """A sanitizer keeps what was freed for a while; not here, where memory is what is measured."""
    if "ASAN_OPTIONS" in os.environ:
        box.env["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"] + ":quarantine_size_mb=1"


@test
def all_lines_of_a_flood_reach_a_reader_and_the_server_does_not_grow(box):
    frugal(box)
    models = flood.demo(box, [FEW, MANY])
    grown, lines, _ = flood.server_growth(box, models, FEW, MANY)
    models.stop()
    assert MANY <= lines < MANY + 100, lines
    assert grown < ALLOWED_MIB, f"{grown:.1f} MiB more"


@test
def the_command_that_shows_a_flood_does_not_grow(box):
    frugal(box)
    models = flood.demo(box, [FEW, MANY])
    few, many = flood.command_peak(box, models, FEW), flood.command_peak(box, models, MANY)
    models.stop()
    assert many - few < ALLOWED_MIB, f"{few:.1f} MiB, then {many:.1f}"


if __name__ == "__main__":
    main()
