"""The generator: it turns an OpenAPI document into `cstar_async/_generated`. For development; not in the wheel.

load → prepass → parse (openapi-python-client) → ir → emit
"""
