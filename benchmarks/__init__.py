"""Benchmarks: the cost of the client compared with raw aiohttp and orjson. Run with `make bench`; see README.md."""
