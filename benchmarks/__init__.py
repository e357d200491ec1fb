"""Benchmarks: what the client costs over raw aiohttp and orjson. Run with `make bench`; see README.md."""
