"""The application that answers programs: the endpoints of `idp.web.machine_endpoints`.

It stands beside Django's handler, not behind it: `idp.front` and `idp.wsgi` ask it first, and what
it does not know is a page. Views are Django's as everywhere; what it leaves out is all that serves
pages: resolver, middleware, cookies, sessions, languages.
"""
