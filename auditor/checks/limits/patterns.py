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
    sets = r"(?: ?(?:is|are|was|of|:|=|\(|≤|<|≥|>|at|to|about|,|stands at|set to|set at|has been|remains|leaves|promises|guarantees|allows|permits|demands|requires|asks for|only|below|under|within|at most|lasts|p\d+))"
    given = sets[:-1] + rf"| ?(?:for|{words.pattern('has')})| (?!{words.pattern('needs')})[a-z]{{3,}}s(?: us)?)"
    return {
        "noun_before": re.compile(rf"(?P<noun>{noun})(?:{sets}*|(?: [\w'/-]+){{1,6}}?{sets}+| ?:(?: [\w'/-]+){{1,6}}? (?:in|of|at|is|below|under|within|<|≤)| ?:[^«».;]{{0,40}},)(?: (?:the|a|an))? ?[~≈$]?$"),
        "noun_after": re.compile(rf" ?-?(?: [\w-]+){{0,2}}? ?(?P<noun>{noun})"),
        "holder_before": re.compile(rf"(?P<holder>{holder}|\b[a-z]{{1,4}}-?\d{{2,4}}[a-z]*)(?: [\w'/-]+){{0,2}}? (?:{words.pattern('has')})(?: (?:only|just|about|a|an|the|up to|\w+ for))? ?[~≈]?$"),
        "holder_after": re.compile(rf" -?(?:(?!per|of|in|on|and|for|more|less|from|to)[\w-]+ |of (?=hbm|vram))?(?P<holder>{holder})"),
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
        "obliged": re.compile(r"\b(?:must|has to|have to|needs? to|should|shall|is to|are to)\b[^«»,.;]{0,40} (?:in|within|inside|under|below|beneath)(?: the)? ?$"),
        "permitted": re.compile(r"\b(?:may|can|allowed to|permitted to|able to)(?: only)? [a-z]+ ?$"),
        "at_most_after": re.compile(rf" (?:{words.pattern('at_most_after')})"),
        "granted": re.compile(rf"(?:{words.pattern('grants')})(?: [\w'-]+){{0,3}}?(?: for| at| of| to)?(?: about| up to| another)? ?$"),
        "defined": re.compile(rf"(?P<phrase>(?:[^\W\d][\w'-]* ){{0,6}}[^\W\d][\w'-]*){given}++(?: (?:the|a|an))? ?[~≈$]?$"),
        "defining": re.compile(r" (?P<phrase>[^\W\d][\w-]*(?: [^\W\d][\w-]*)?)"),
        "labelled": re.compile(r"(?P<phrase>[^\W\d][^«»=:]{2,40}?)(?: ?[=:(])*(?: ?«[NP]\d+»[^«».,;]{0,15})+?= ?[~≈$]?$"),
        "adjunct": re.compile(rf"{words.pattern('along')}(?: the| another| a)? ?[~≈]?$"),
        "pronouns": re.compile(words.pattern("pronouns")),
        "owned": re.compile(words.pattern("owned")),
        "beside": re.compile(words.pattern("beside")),
    }  # fmt: skip


def _claims() -> dict[str, re.Pattern[str]]:
    """Return those that tell what is said of limits."""
    words = load_limit_words()
    noun, toward, link, bears = (
        words.pattern(*names) for names in (("cap", "aim"), ("toward",), ("link",), ("bears",))
    )
    heads = {
        kind: words.pattern(kind)
        for kind in ("fits", "good", "keeps", "inside", "above", "exceeds", "meets", "kept", "enough")
    }
    heads |= {
        "room": rf"(?:leav(?:e|es|ing)|with|there is|has|have)(?: (?!no |little |any )[\w-]+){{0,2}} {words.pattern('room')}",
        "bears": rf"(?:(?:can|could|will|would)(?: {link})* )?{bears}",
    }
    summed = "".join(
        f"(?<!{verb} )" for verb in ("add", "adds", "sum", "sums")
    )  # what adds up to a sum is that, and no less
    phrase = r"(?: (?:of|per|for|in|on|at|during|from|with)(?: [\w'/-]+){1,4}?)?"
    between = rf"{phrase}(?P<link>(?: ?[,;:(–—]| (?:{link}|{words.pattern('good')}))*) ?"
    end = rf"(?: (?:{words.pattern('adverbs')}))* ?(?:{words.pattern('closing')}|$)"
    return {
        "head": re.compile("(?<!\\S)(?:" + "|".join(rf"(?P<{kind}>{head})" for kind, head in heads.items()) + ")(?!\\S)"),
        "to_value": re.compile(rf"(?:(?: [a-z-]+){{0,3}}(?= ?[,(–—]))?{between}"),
        "to_subject": re.compile(rf"(?: [a-z-]+){{0,2}}{between}"),
        "to_limit": re.compile(
            rf"(?: {toward})*(?: (?:[\w'-]+ ){{0,3}}?(?:{noun})(?: (?:of|at|:|=))?)?(?: [\w'-]+){{0,2}}(?: (?:with|of|that has))?(?: (?:about|only|just|the))? ?\(?[~≈$]? ?"
        ),
        "bearing": re.compile(rf"(?:{words.pattern('has')}|{bears})(?: (?:only|just|about|at most|no more than))? ?[~≈]?$"),
        "covers": re.compile(words.pattern("covers")),
        "of_limit": re.compile(r" of (?:the |our |its |their |this |that |a |an )*[~≈$]?"),
        "alone": re.compile(rf"(?:(?:the|our|its) )?(?P<holder>[\w-]+) alone(?: {link})* ?"),
        "to_noun": re.compile(rf"(?: {toward})*(?P<phrase>(?: [\w'-]+){{1,3}}?)(?= (?:of|for|from|with|in|on|at|by|to|as|too|also|even|that|which|anyway|again|there|here|then|now|today|we|{words.pattern('closing')})(?!\w)| ?[.,;:()!–—]|$)"),
        "had": re.compile(rf"(?:(?P<holder>[\w-]+)'s )?(?:[\w-]+ )??(?:{words.pattern('had')})"),
        "about": re.compile(r" (?:for|of|on|in)(?: (?:the|a|an|our|its|that|this|all))? (?P<about>[a-z][\w-]+)"),
        "pronoun": re.compile(r" (?:that|it|this|them)\b"),
        "partitive": re.compile(r" (?:of|that|which|we) | ?(?:[.,;:)]|$)"),
        "for_other": re.compile(r" (?:for|to) (?!that\b|this\b|it\b|all\b)"),
        "for_number": re.compile(r" for (?:the |all |our |these )*[~≈]?«[NP](?P<need>\d+)»(?! ?[×*/÷+^-])"),
        "end": re.compile(end),
        "kept": re.compile(rf"(?P<noun>{noun})(?: of| at)?(?: [~≈$]?«[NP](?P<limit>\d+)»)? (?:is|are|was|were|has been|have been|stays|remains)(?: {link})* ?$"),
        "able": re.compile(rf"(?:can|could|will|would) |{bears} (?:it|them|that|this|everything|all of it)"),
        "borne": re.compile(rf".*, which (?P<holder>(?:it|they|(?:the|a|an|one|each|every|our) (?:[\w-]+ ){{0,2}}?[\w-]+))(?: {link})* ?$"),
        "holder": re.compile(rf"(?:.*(?:[,;:–—]|(?<!\w)(?:and|so|hence|thus|therefore)))?(?: ?{link})*? ?(?:the|our|one|its|a|an) (?P<holder>[\w-]+(?: [\w-]+)??)(?: {link})*(?: big| large| fast)? ?$"),
        "pointing": re.compile(rf"(?:(?:and|but|so) )?(?:this|that|it|they|we|which|all of it|all of this|everything|the sum|the total)(?: {link})* ?"),
        "unsaid": re.compile(summed + words.pattern("unsaid", "wanted")),
        "denied": re.compile(summed + words.pattern("unsaid")),
        "wanted": re.compile(words.pattern("wanted")),
        "of_them": re.compile(r" of (?:them|these|those)\b"),
        "plus": re.compile(r"«[NP](?P<first>\d+)» \+ (?:the |another )?$"),
        "divided": re.compile(words.pattern("divided")),
        "needs": re.compile(words.pattern("needs")),
        "former": re.compile(r"\b(?:was|were|had|before|previously|used to|until|old|once)\b"),
        "in_arithmetic": re.compile(r" ?[×*/÷+=-]"),
    }  # fmt: skip
