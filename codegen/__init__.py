"""The generator: an OpenAPI document in, `cstar_async/_generated` out. Development only; never in the wheel.

load → prepass → parse (openapi-python-client) → ir → emit
"""
