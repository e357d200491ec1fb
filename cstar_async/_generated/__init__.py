# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Generated code: models, operations, resources and events."""
