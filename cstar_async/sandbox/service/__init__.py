"""The emulated service: how a request is executed, independent of HTTP."""
