"""What stands before Django: reads a request whole, then gives it to a thread that works.

`granian` speaks HTTP and calls `Front` in its event loop, where waiting costs nothing. Only a
request that is there, with all of its body, takes one of the few threads (`pools`).
"""
