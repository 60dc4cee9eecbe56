"""What the house costs: each budget of the design measured beside its bare counterpart, in one run (`make bench`).

    row.py       what a row is: sides, budgets, what came out
    rounds.py    takes samples in interleaved rounds; medians, and ratios of neighbours in time
    rows/        one budget a file
    load/        callers that run in a process of their own
    machine.py   what it ran on
    report.py    the table, on the console and in RESULTS.md

Nothing here asserts on time: a missed budget is written down, and whoever reads the table decides.
"""
