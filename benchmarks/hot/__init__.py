"""What single requests cost, before and after: `python -m benchmarks.hot --before REF`."""
