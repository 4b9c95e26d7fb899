"""A million log lines in one run: what server, reader and command hold of them."""

import time

import flood
import harness

FEW, MANY = 10_000, 1_000_000
LIMIT_MIB = 24


def measure(table):
    with harness.Box() as box:
        models = flood.demo(box, [FEW, MANY])
        began = time.monotonic()
        grown, lines, size = flood.server_growth(box, models, FEW, MANY)
        took = time.monotonic() - began
        few, many = flood.command_peak(box, models, FEW), flood.command_peak(box, models, MANY)
        models.stop()
    table.note(f"{lines:,} lines ({size / 2**20:.1f} MiB) came to a reader of the run's stream, each once and in order, in {took:.1f} s with "
               f"the start of the server; growth of the peak over a run of {FEW:,} lines; the model's answer itself is held while it is read "
               "(at most 8 MiB)")
    table.below("the server's peak grows by", grown, LIMIT_MIB, "MiB")
    table.below("the peak of dursor run --json grows by", many - few, LIMIT_MIB, "MiB", f"{few:.1f} MiB with {FEW:,} lines")
