# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Machine output only: models, operations, resources, events."""
