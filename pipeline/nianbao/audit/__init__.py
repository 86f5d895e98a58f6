"""What an auditor would ask about reports: findings within a report, over its years, and over agencies.

In: `Report`s, the facts of each document, with its text, its headings and its row of the table of documents where
they are at hand; a list of agencies for what is missing. Out: findings, each with both sides, where they stand, and
whose error it seems: the agency's, the reader's, or a doubt. What counts as a finding is data in configs/audit.yaml.
"""

from nianbao.audit.auditor import Auditor, Report

__all__ = ["Auditor", "Report"]
