"""Pages for people: a report with its facts on it, a panel as a site, charts.

Nothing that a document says can act on a page: it is escaped, marks of direction are shut in, and a content security
policy lets no script run but the page's own and nothing be fetched.
"""
