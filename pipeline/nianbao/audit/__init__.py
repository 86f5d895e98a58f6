"""What an auditor would ask about reports: findings within a report, over its years, and over agencies."""

from nianbao.audit.auditor import Auditor, Report

__all__ = ["Auditor", "Report"]
