"""The HTTP edge on Litestar: routes of contracts, controllers of modules, problems, limits, OpenAPI, health."""
