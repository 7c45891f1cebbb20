#!/usr/bin/env python3
"""Records programs of difffuzz with the traces that CPython prints: the pages beside this script.

    record.py [DIFFFUZZ]        by default ../shared/difffuzz, seen from the root of the checkout

A page holds the command that runs its program again in both languages, what the program uses, its annotated
source and its trace. All programs stand on the one prelude.go.txt. gen/difffuzz_test.go compiles and runs them,
without Python. Nothing here comes from asyncgen: record again when difffuzz or what it takes for CPython's order
changes, not when a trace differs.

Needs difffuzz, what that needs (CPython 3.13) and gofmt. The same difffuzz writes the same bytes.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DIFFFUZZ = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[3] / "shared" / "difffuzz"
sys.path.insert(0, str(DIFFFUZZ))

from diff import unfit  # noqa: E402
from generate import gofmt  # noqa: E402
from lib import emit_go, emit_py, features, gen, pyrun  # noqa: E402
from lib.normal import features as used  # noqa: E402

# (size, first seed, programs): many small ones, for these are read, and a few in which much meets. Their names
# begin with the seed and stand in one module, so no two may have the same. The test compiles all of them: their
# number is what go test can spare.
MIX = ((15, 0, 195), (40, 1000, 45), (90, 2000, 10))
FEATURES = "all," + ",".join(features.EXTRA)


def recorded(size, seed, n):
    """The next n programs with their traces, but for those whose trace says nothing, or about which design.md says too little."""
    while n > 0:
        progs = [gen.generate(s, size, features.parse(FEATURES)) for s in range(seed, seed + n)]
        runs = pyrun.traces([emit_py.python(p) for p in progs], cache=False)
        fit = [(p, r["out"]) for p, r in zip(progs, runs) if not unfit(r) and not set(r["flags"]) & set(features.DYNAMIC)]
        yield from fit
        seed, n = seed + n, n - len(fit)


def page(prog, size, trace):
    source = gofmt(emit_go.go_file("programs", emit_go.body(prog)))
    return (
        f"../shared/difffuzz/diff.py --checkout . --seeds {prog.seed}:{prog.seed + 1} --size {size} --features {FEATURES}\n"
        f"{prog.mode}: {' '.join(sorted(used(prog)))}\n"
        f"-- p{prog.seed}.go --\n{source}-- trace --\n" + "".join(line + "\n" for line in trace)
    )


def main():
    progs = [(p, size, trace) for size, seed, n in MIX for p, trace in recorded(size, seed, n)]
    missing = set(features.ALL) - set().union(*(used(p) for p, _, _ in progs))
    if missing:
        sys.exit(f"no program uses {' '.join(sorted(missing))}: record more, or other seeds")
    for old in HERE.glob("seed*.txtar"):
        old.unlink()
    for p, size, trace in progs:
        (HERE / f"seed{p.seed:04}.txtar").write_text(page(p, size, trace))
    prelude = emit_go.prelude([p for p, _, _ in progs])
    (HERE / "prelude.go.txt").write_text(gofmt(emit_go.go_file("programs", prelude)))
    print(f"{len(progs)} programs")


if __name__ == "__main__":
    main()
