"""The lean wire between our own processes: small frames, msgpack bodies, one connection for all contracts of an address.

`docs/wire.md` is its reference. Nothing here is imported before a process needs it.
"""
