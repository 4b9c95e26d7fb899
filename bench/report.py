"""The table of a benchmark: each row a measure, its peer of the same run, their ratio, and the aim."""

import datetime
import os
import platform
import statistics
import subprocess
import sys


def say(text):
    print(f"    {text}", file=sys.stderr, flush=True)


def median(values):
    return statistics.median(values)


def percentile(values, part):
    """The least value that so large a part of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def number(value):
    """Three digits or all before the point: 0.0123, 4.56, 12.3, 1,234."""
    if isinstance(value, int):
        return f"{value:,}"
    size = abs(value)
    return f"{value:.3g}" if 0 < size < 1 else f"{value:,.{2 if size < 10 else 1 if size < 100 else 0}f}"


def shown(values, unit):
    """The median, with the least and the most behind when there are several."""
    if isinstance(values, (int, float)):
        values = [values]
    text = f"{number(median(values))} {unit}".strip()
    return text if len(values) < 2 else f"{text} ({number(min(values))}–{number(max(values))})"


class Table:
    def __init__(self, name, rounds):
        self.name = name
        self.rounds = rounds
        self.rows = []
        self.notes = []

    def row(self, what, ours, peer, aim="–", unit="", ratio=None, met=None):
        """ours and peer are texts, numbers or lists of numbers; met is None where there is no aim."""
        ours = ours if isinstance(ours, str) else shown(ours, unit)
        peer = peer if isinstance(peer, str) else shown(peer, unit)
        verdict = {None: "", True: "yes", False: "**no**"}[met]
        self.rows.append((what, ours, peer, "" if ratio is None else f"{number(ratio)}×", aim, verdict))
        say(" | ".join(self.rows[-1]))

    def faster(self, what, ours, peer, aim=None, unit="/s", peer_name=""):
        """More is better: the ratio is ours to the peer's, and the aim its least."""
        ratio = median(ours) / median(peer)
        self.row(what, shown(ours, unit), f"{peer_name} {shown(peer, unit)}".strip(), "–" if aim is None else f"≥ {aim}×",
                 ratio=ratio, met=None if aim is None else ratio >= aim)

    def below(self, what, value, limit, unit, peer="–", ratio=None):
        """A value with an absolute limit."""
        worst = median(value) if isinstance(value, list) else value
        self.row(what, shown(value, unit), peer, f"< {number(limit)} {unit}", ratio=ratio, met=worst < limit)

    def note(self, text):
        self.notes.append(text)
        say(text)

    def markdown(self):
        lines = [f"## {self.name}, {datetime.datetime.now(datetime.timezone.utc):%d %b %Y}", "",
                 f"`./dev bench --rounds {self.rounds} {self.name}` on {machine()}", "",
                 "| measure | dursor | peer or limit | ratio | aim | met |", "|---|---|---|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        lines += ["", *(f"- {note}" for note in self.notes)] if self.notes else []
        return "\n".join(lines) + "\n"


def processor():
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    revision = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True,
                              cwd=os.path.dirname(os.path.abspath(__file__))).stdout.strip()
    return (f"{os.cpu_count()} cores {processor()}, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}, "
            f"load {os.getloadavg()[0]:.1f}, revision {revision or 'unknown'}")


def append(path, text):
    with open(path, "a") as f:
        f.write("\n" + text)
