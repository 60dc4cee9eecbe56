"""The command line: `pangaea`, also `python -m app`."""
