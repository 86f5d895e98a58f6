"""What the linker's model looks at: a mention as a bag of named features."""

from __future__ import annotations

from nianbao.prose.mention import Mention
from nianbao.prose.rules import Verdict

_LEFT, _RIGHT = 14, 10
# Beginnings of the features that the lexicon and the rules found, and of those that need neither; the rest spells
# the characters around the number.
FOUND = ("w0:", "w1:", "w2:", "pair:", "rule=", "second=", "chain=", "agree=", "s:", "j:", "t:")
PLAIN = ("kind=", "unit=", "barred=", "opener=", "special=", "sums=", "window=", "part=", "h0:", "h1:")


def view_of(feature: str) -> int:
    """1 for what the lexicon and the rules found, 2 for characters, 0 for what is neither."""
    return 1 if feature.startswith(FOUND) else 0 if feature.startswith(PLAIN) else 2


def mention_features(mention: Mention, norm: str, verdict: Verdict, window: int, chain: str | None) -> list[str]:
    """The features of a mention, as strings.

    Args:
        mention: the mention; its offsets are into `norm`.
        norm: the document's normalised view.
        verdict: what the rules say of the mention.
        window: the window that they said it of.
        chain: the metric that the rules gave it in the end, inherited ones among them.

    Returns:
        The names of the features that hold, with the characters around the number among them, so that a wording
        that no rule foresaw still says something.
    """
    features = [
        f"kind={mention.kind}",
        f"unit={mention.unit}",
        f"barred={mention.exclusion}",
        f"opener={mention.opener}",
        f"special={mention.special}{mention.special_heading}",
        f"sums={mention.sums}",
        f"rule={verdict.metric}",
        f"second={verdict.runner_up}",
        f"chain={chain}",
        f"agree={chain == verdict.metric}",
        f"window={window}",
        f"part={mention.scope is not None}",
    ]
    for number, names in enumerate(mention.candidates[:3]):
        features += [f"w{number}:{name}" for name in names]
    own = mention.candidates[0]
    features += [f"pair:{a}+{b}" for i, a in enumerate(own) for b in own[i + 1 :]]
    features += [f"pair:{mention.unit}+{name}" for name in own]
    features += [f"s:{name}" for name in mention.in_sentence]
    features += [f"j:{name}" for name in mention.just_before]
    for depth, names in enumerate(mention.headings[:2]):
        features += [f"h{depth}:{name}" for name in names]
    features += [f"t:{group}={name}" for group, name in mention.topics[window].items()]
    features += _characters(mention, norm)
    return features


def _characters(mention: Mention, norm: str) -> list[str]:
    start, end = mention.clause
    if mention.kind not in ("count", "money"):
        words = "".join(norm[mention.start : mention.end].split())[:40]
        return _grams("z", words)
    left = "".join(norm[max(start, mention.start - 40) : mention.start].split())
    right = "".join(norm[mention.end : min(end, mention.end + 24)].split())
    earlier = "".join(norm[max(0, start - 24) : start].split())
    left_near, right_near = left[-_LEFT:], right[:_RIGHT]
    found = _grams("l", left_near) + _grams("r", right_near) + _grams("e", earlier[-_LEFT:])
    # Single characters on either side alike: a wording learnt before the number is known after it.
    found += [f"B{char}" for char in sorted({*left_near, *right_near}) if not char.isdigit()]
    found += [f"L{n}={left[-n:]}" for n in (1, 2, 3, 4) if len(left) >= n]
    found += [f"R{n}={right[:n]}" for n in (1, 2, 3, 4) if len(right) >= n]
    return found


def _grams(side: str, words: str) -> list[str]:
    masked = "".join("0" if char.isdigit() else char for char in words)
    return [f"{side}{masked[i : i + n]}" for n in (2, 3) for i in range(len(masked) - n + 1)]
