"""Pages for people: a report with its facts on it, a panel as a site.

In: what the extractor gave for a report, or a panel. Out: a page a report, each fact marked where it stands, with the
checks beside it; or a static site with a page an agency and a metric. Nothing that a document says can act on a page:
it is escaped, marks of direction are shut in, and a content security policy lets no script run but the page's own and
nothing be fetched.
"""
