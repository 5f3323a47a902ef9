"""What stands before Django: reads a request whole, then gives it to a thread that works.

`granian` speaks HTTP and calls `Front` in a thread of its own, which never waits (`walking`). Only
a request that is there, with all of its body, takes one of the few threads (`pools`).
"""
