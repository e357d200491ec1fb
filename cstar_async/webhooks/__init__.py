"""Webhooks of cStar: signatures of deliveries, made and checked."""

from .signature import sign, sign_identity, verify_signature

__all__ = ["sign", "sign_identity", "verify_signature"]
