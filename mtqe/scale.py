"""The scale that every score of mtqe is on, and what its numbers mean.

Human judgement here is MQM: an annotator's points for the errors of a text (minor 1, major 5;
the Google scheme of Freitag et al., 2021). What grows with length says nothing about quality,
so points are always *per 100 words*. A score is a monotone picture of that penalty on 0 to 100:

======================  =====
points per 100 words    score
======================  =====
0                       100
4                       82
12                      55
20                      37
60                      5
======================  =====
"""

from __future__ import annotations

import math

SCORE_RANGE = (0.0, 100.0)

# The decay of a score with its penalty. 20 points per 100 words is a major error in every
# sentence of 25 words: text that nobody would print, and 37 on this scale.
DECAY_PER_100_WORDS = 20.0

# MQM points of one issue, by severity. Critical is not in the Google scheme but for
# "non-translation", which has 25.
SEVERITY_POINTS = {"minor": 1.0, "major": 5.0, "critical": 25.0}

# An issue that readers confirm less often than not is a hint: programs get it, and readable reports
# only say how many there are.
HINT_CONFIDENCE = 0.5

# How sure a text is to be without errors when no points are expected, and by how many expected points
# that falls to a third. Fitted by likelihood to WMT21 news (en-de and zh-en, 6,000 segments).
_SURE_AT_BEST = 0.74
_POINTS_TO_A_THIRD = 4.5

# Root mean square difference of quality from what annotators' points make, on WMT21 news: 33 for a
# sentence of 20 words, 20 for 150 words, 14.5 for 700.
_UNCERTAIN_ALWAYS = 11.0
_UNCERTAIN_WORDS = 100.0
_MOST_UNCERTAIN = 50.0

_MOST_PENALTY = 250.0
_LEAST_SCORE = 100.0 * math.exp(-_MOST_PENALTY / DECAY_PER_100_WORDS)


def penalty_to_score(penalty_per_100_words: float) -> float:
    """The score, 0 to 100 with higher being better, of MQM points per 100 words."""
    return 100.0 * math.exp(-max(penalty_per_100_words, 0.0) / DECAY_PER_100_WORDS)


def score_to_penalty(score: float) -> float:
    """MQM points per 100 words of a score in 0..100: the inverse of ``penalty_to_score``.

    At most 250, the points of text of which every ten words are a "non-translation".
    """
    return min(-DECAY_PER_100_WORDS * math.log(max(score, _LEAST_SCORE) / 100.0), _MOST_PENALTY)


def error_free_probability(points: float) -> float:
    """The probability, 0 to 1, that annotators find no error where so many MQM points are expected."""
    return _SURE_AT_BEST * math.exp(-max(points, 0.0) / _POINTS_TO_A_THIRD)


def uncertainty(words: int) -> float:
    """How far a quality of so many words typically lies from annotators', in points of the score."""
    return min(_UNCERTAIN_ALWAYS + _UNCERTAIN_WORDS / math.sqrt(max(words, 1)), _MOST_UNCERTAIN)
