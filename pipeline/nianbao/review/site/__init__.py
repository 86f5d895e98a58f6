"""A panel as a static site: an index with search, a page an agency, a page a metric, and what is missing."""

from __future__ import annotations

from nianbao.review.site.build import Site, build_site

__all__ = ["Site", "build_site"]
