"""Numbers for the forms, obeying the forms' arithmetic."""

from __future__ import annotations

from random import Random

from benchmarks.bed.table import Slot

Numbers = dict[Slot, tuple[str, float]]
"""What is printed for a slot, and its value in the canonical unit."""

TEN_THOUSAND = 10_000


def statistics(rng: Random) -> Numbers:
    """The form of 2014."""
    scale = rng.choice((3, 30, 400, 5000))
    counts: dict[str, int] = {}

    def some(name: str, most: int) -> int:
        counts[name] = rng.randint(0, most) if rng.random() < 0.75 else 0
        return counts[name]

    channels = [
        some(f"disclosure.{name}", scale) for name in ("gazette", "website", "weibo", "wechat", "other_channels")
    ]
    counts["disclosure.total"] = rng.randint(max(channels), sum(channels) or 1)
    counts["normative_documents.issued"] = some("disclosure.normative_documents", scale // 10) + rng.randint(0, 3)
    for name in ("press_conferences", "online_interviews"):
        counts[f"response.{name}"] = some(f"response.{name}_by_principal", 4) + rng.randint(0, scale // 20)
    for name in ("hot_topics", "interpretations", "social_media", "other"):
        some(f"response.{name}", scale // 8 + 2)
    few = scale // 6 + 3
    received = sum(some(f"requests.received_{name}", few) for name in ("in_person", "fax", "online", "mail"))
    counts["requests.received"] = received
    done = received - rng.randint(0, min(received, 2))
    counts["requests.concluded_extended"] = rng.randint(0, done // 5)
    counts["requests.concluded_on_time"] = done - counts["requests.concluded_extended"]
    counts["requests.concluded"] = counts["requests.replied"] = done
    names = ["already_public", "granted", "partly_granted", "refused"]
    names += ("not_this_agency", "nonexistent", "amendment_requested", "redirected")
    parts = shares(rng, done, len(names), keep=0.5)
    counts |= {f"outcomes.{name}": part for name, part in zip(names, parts, strict=True)}
    grounds = ["state_secret", "trade_secret", "privacy", "endangers_safety"]
    grounds += ("not_government_information", "other_legal_grounds")
    refused = shares(rng, counts["outcomes.refused"], len(grounds), keep=0.5)
    counts |= {f"outcomes.refused.{name}": part for name, part in zip(grounds, refused, strict=True)}
    for group in ("reviews", "litigation"):
        counts[f"{group}.total"] = sum(
            some(f"{group}.{name}", scale // 50 + 2) for name in ("upheld", "corrected", "other")
        )
    some("complaints.total", scale // 40 + 2)
    for name in ("offices", "reading_points"):
        some(f"capacity.{name}", scale // 10 + 3)
    counts["capacity.staff"] = some("capacity.staff_full_time", few) + some("capacity.staff_part_time", few)
    for name, most in (("meetings", 12), ("sessions", 9), ("participants", scale + 20)):
        some(f"training.{name}", most)
    numbers: Numbers = {(name, None): (str(count), float(count)) for name, count in counts.items()}
    for name in ("requests.received", "requests.concluded", *(f"outcomes.{x}" for x in names[1:4]),
                 "outcomes.refused.state_secret", "outcomes.refused.endangers_safety"):  # fmt: skip
        numbers[name, "total"] = numbers.pop((name, None))
    numbers["requests.fees_charged", None] = money(rng, 0.3, ("0", "0.12", "0.5", "1.35"))
    numbers["capacity.budget", None] = money(rng, 0.8, ("2", "15.6", "8.75", "120", "33.05", "0.8"))
    return numbers


def money(rng: Random, likely: float, printed: tuple[str, ...]) -> tuple[str, float]:
    """An amount of 万元 as printed, and in yuan."""
    text = rng.choice(printed) if rng.random() < likely else "0"
    return text, round(float(text) * TEN_THOUSAND, 4)


def shares(rng: Random, total: int, count: int, keep: float) -> list[int]:
    """`total` in `count` parts, of which about 1 - `keep` are 0 (the first stands for all where none is kept)."""
    kept = [at for at in range(count) if rng.random() < keep] or [rng.randrange(count)]
    parts = [0] * count
    while total:
        part = min(total, rng.randint(1, max(1, 2 * total // 3)))
        parts[rng.choice(kept)] += part
        total -= part
    return parts


def article_20(form: str, blocks: list[tuple[str, list[str], list[tuple[str, list[str]]]]], rng: Random) -> Numbers:
    """The table of article 20 of the form of 2019 or 2021."""
    scale = rng.choice((0, 5, 90, 2000))
    numbers: Numbers = {}
    for metric in (metric for _, _, rows in blocks for _, metrics in rows for metric in metrics):
        count = rng.randint(0, scale) if rng.random() < 0.6 else 0
        text, value = str(count), float(count)
        if metric.endswith("items_change"):
            change = rng.randint(-9, 9) if rng.random() < 0.4 else 0
            text, value = str(change), float(change)
        elif metric == "procurement.amount" and count:
            text = rng.choice((f"{count * 1375}.4元", f"{count}.25万元", f"{count * 900}元"))
            value = float(text.rstrip("万元")) * (TEN_THOUSAND if "万" in text else 1)
        elif metric == "fees.amount" and count:
            text, value = money(rng, 1, (f"{count}", f"{count}.5", f"{count}.3075", f"{count}.082611"))
        numbers[metric, None] = text, value
    for of in ("regulations", "normative_documents"):
        issued = int(numbers[of + ".issued", None][0])
        if form == "2019":
            disclosed = rng.randint(0, issued)
            known = [(of + ".disclosed", disclosed), (of + ".disclosed_cumulative", disclosed + rng.randint(0, scale))]
        else:
            known = [(of + ".in_force", issued + rng.randint(0, scale))]
        numbers |= {(name, None): (str(count), float(count)) for name, count in known}
    return numbers


def requests(metrics: list[str], applicants: list[str], rng: Random) -> Numbers:
    """The table of requests: received + carried in = concluded + carried out, for each applicant and in all."""
    scale = rng.choice((0, 4, 12, 60, 400, 3000))
    outcomes = [metric for metric in metrics if metric.startswith("outcomes.")]
    columns: list[dict[str, int]] = []
    for number in range(len(applicants) - 1):
        share = scale if number == 0 else (rng.randint(0, scale // 4 + 1) if rng.random() < 0.3 else 0)
        column = dict(zip(outcomes, shares(rng, rng.randint(share // 2, share), len(outcomes), keep=0.3), strict=True))
        column["requests.concluded"] = sum(column.values())
        column["requests.carried_out"] = rng.randint(0, share // 10 + 1) if share else 0
        handled = column["requests.concluded"] + column["requests.carried_out"]
        column["requests.carried_in"] = rng.randint(0, min(handled, share // 12 + 1))
        column["requests.received"] = handled - column["requests.carried_in"]
        columns.append(column)
    columns.append({metric: sum(column[metric] for column in columns) for metric in metrics})
    return {
        (metric, applicant): (str(column[metric]), float(column[metric]))
        for applicant, column in zip(applicants, columns, strict=True)
        for metric in metrics
    }


def proceedings(groups: list[str], parts: list[str], rng: Random) -> Numbers:
    """Reviews and suits: the last part is the total of the others."""
    most = rng.choice((0, 1, 3, 25))
    numbers: Numbers = {}
    for group in groups:
        counts = [rng.randint(0, most) if rng.random() < 0.5 else 0 for _ in parts[:-1]]
        for part, count in zip(parts, [*counts, sum(counts)], strict=True):
            numbers[f"{group}.{part}", None] = str(count), float(count)
    return numbers
