"""The emulated service: the execution of requests, independent of HTTP."""
