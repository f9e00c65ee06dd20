"""The patterns by which limits and what is said of them are read, made of the word sets of `rules/limits.yaml`."""

from __future__ import annotations

import re
from functools import lru_cache

from auditor.knowledge.limit_words import load_limit_words


@lru_cache(maxsize=1)
def patterns() -> dict[str, re.Pattern[str]]:
    """Return all of them by name."""
    return {**_limits(), **_claims()}


def _limits() -> dict[str, re.Pattern[str]]:
    """Return those that tell limits."""
    words = load_limit_words()
    noun, holder = words.pattern("cap", "aim"), words.pattern("holder")
    sets = r"(?: ?(?:is|are|was|of|:|=|\(|≤|<|≥|>|at|to|about|,|stands at|set to|set at|has been|remains|only|below|under|within|at most|lasts|p\d+))"
    return {
        "noun_before": re.compile(rf"(?P<noun>{noun})(?:{sets}*|(?: [\w'/-]+){{1,6}}?{sets}+| ?:(?: [\w'/-]+){{1,6}}? (?:in|of|at|is|below|under|within|<|≤)| ?:[^«».;]{{0,40}},)(?: (?:the|a|an))? ?[~≈$]?$"),
        "noun_after": re.compile(rf" ?-?(?: [\w-]+){{0,2}}? ?(?P<noun>{noun})"),
        "holder_before": re.compile(rf"(?P<holder>{holder}|\b[a-z]{{1,4}}-?\d{{2,4}}[a-z]*)(?: [\w'/-]+){{0,2}}? (?:{words.pattern('has')})(?: (?:only|just|about|a|an|the|up to|\w+ for))? ?[~≈]?$"),
        "holder_after": re.compile(rf" -?(?:(?!per|of|in|on|and|for|more|less|from|to)[\w-]+ )?(?P<holder>{holder})"),
        "in_label": re.compile(rf"(?P<noun>{noun})|\b(?:hbm|vram)\b"),
        "capped": re.compile(r"\b(?:is|are) (?:limited to|capped at|restricted to)(?: (?:about|only|at most))?$|\blimited to(?: only)?$"),
        "none_exceeds": re.compile(r"\b(?:no|not|never|none|neither)\b.*\b(?:exceed|exceeds|take|need)(?: more than)? ?$"),
        "per": re.compile(r" (?:per|a|an|each|every) (?P<per>[a-z]+)\b"),
        "product": re.compile(r"\b[a-z]{1,4}-?\d{2,4}[a-z]*(?: (?:sxm\d?|pcie|nvl))?(?: ?[(/,-])? ?$"),
        "each": re.compile(r"\b(?:each|every|any) (?P<per>[a-z]+)\b"),
        "needing": re.compile(rf"(?:{words.pattern('needs')})(?: (?:about|only|another|at least|up to|some))? ?[~≈]?$"),
        "operated": re.compile(r" ?[×*/÷+^-]"),
        "available": re.compile(rf" (?:{words.pattern('available')})"),
        "available_before": re.compile(rf"(?:^|[ .;,:]){words.pattern('available')}(?: [\w-]+){{0,5}} ?(?:=|:|is|are|of)?(?: [^«».;]{{0,30}}=)? ?$"),
        "we_have": re.compile(r"\bwe (?:only )?have (?:only |just )?$"),
        "floors": re.compile(words.pattern("floors")),
        "ceilings": re.compile(words.pattern("ceilings")),
        "aim": re.compile(words.pattern("aim")),
        "at_least": re.compile(words.pattern("at_least")),
        "at_most": re.compile(words.pattern("at_most")),
        "owned": re.compile(words.pattern("owned")),
        "beside": re.compile(words.pattern("beside")),
    }  # fmt: skip


def _claims() -> dict[str, re.Pattern[str]]:
    """Return those that tell what is said of limits."""
    words = load_limit_words()
    noun, toward = words.pattern("cap", "aim"), words.pattern("toward")
    holds = r"(?P<holds>(?:which|that) (?:it|they|(?:the|a|an|one|each|every|our) (?:[\w-]+ )?(?P<holder>[a-z][\w-]*)) can (?:easily |just )?(?:hold|take|carry|store|handle|provide|sustain))"
    senses = ("room", "fits", "keeps", "below", "above", "exceeds", "meets")
    phrase, link = (
        r"(?: (?:of|per|for|in|on|at|during|from)(?: [\w'/-]+){1,4}?)?",
        rf"(?P<link>(?: ?[,;:(–—]| (?:{words.pattern('link')}))*) ?",
    )
    return {
        "said": re.compile("(?<!\\S)(?:" + "|".join(rf"(?P<{name}>{words.pattern(name)})" for name in senses) + rf"|{holds})(?!\\S)"),
        "to_value": re.compile(rf"(?:(?: [a-z-]+){{0,2}}(?= ?[,(–—]))?{phrase}{link}"),
        "to_subject": re.compile(rf"(?: [a-z-]+){{0,2}}{phrase}{link}"),
        "to_limit": re.compile(
            rf"(?: (?:{toward}|comfortably|easily|well|just|nicely))*(?: (?:[\w'-]+ ){{0,3}}?(?:{noun})(?: (?:of|at|:|=))?)?(?: [\w'-]+){{0,2}}(?: (?:with|of|that has))?(?: (?:about|only|just|the))? ?\(?[~≈$]? ?"
        ),
        "to_noun": re.compile(rf"(?: (?:{toward}))*(?: [\w'-]+){{0,3}}? (?P<noun>{words.pattern('cap', 'aim', 'holder')})(?! ?(?:of|at|is|:|=|\() ?[~≈$]?«)"),
        "closed": re.compile(rf"(?: (?:it|that|this|them))? ?(?:{words.pattern('closing')}|$)"),
        "kept": re.compile(rf"(?P<noun>{noun})(?: of| at)?(?: [~≈$]?«[NP]\d+»)? (?:is|are|was|were|has been|have been|stays|remains) (?:still |always |easily |comfortably |also |thus )?(?:{words.pattern('kept')})(?! (?:by|if|when|only))"),
        "ticked": re.compile(rf"«[NP](?P<value>\d+)» \( ?(?P<noun>{noun})(?: ?(?::|=|of|is|was))* ?(?P<sign>[<≤>≥]?) ?[~≈$]?«[NP](?P<limit>\d+)» ?,? ?(?:✓|✅|✔|met|ok|fulfilled|kept) ?\)"),
        "unsaid": re.compile(words.pattern("unsaid")),
        "divided": re.compile(words.pattern("divided")),
        "enough": re.compile(words.pattern("enough")),
        "pointing": re.compile(rf"(?:(?:and|but|so) )?(?:this|that|it|which|all of it|all of this|everything|the sum|the total)(?: (?:{words.pattern('link')}))* ?"),
        "so": re.compile(r"(?: [\w-]+){0,3}? ?[,:]?(?: ?(?:so|and so|thus|hence|therefore|and))?(?: ?(?:the|our|its|this|that))? ?(?:[\w-]+ ){0,2}"),
        "about": re.compile(r" (?:for|of|on|in)(?: (?:the|a|an|our|its|that|this|all))? (?P<about>[a-z][\w-]+)"),
        "former": re.compile(r"\b(?:was|were|had|before|previously|used to|until|old|once)\b"),
        "pronoun": re.compile(r" (?:that|it|this)\b"),
        "in_arithmetic": re.compile(r" ?[×*/÷+=-]"),
        "needs": re.compile(words.pattern("needs")),
    }  # fmt: skip
