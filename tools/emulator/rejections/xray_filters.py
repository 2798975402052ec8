"""X-Ray: filter expressions of groups.

Grammar and keywords from the X-Ray developer guide, "Using filter expressions":

    expression = term { [AND | OR] term }
    term       = "!" term | "(" expression ")" | node [ "{" expression "}" ] | keyword [ operator value ]
    node       = service( [name] ) | edge( name , name )
    name       = string | id( member { , member } )
    member     = name: string | type: string | account.id: string

A keyword alone is true if it is set. Strings may have single quotes, as in groups that several public Terraform modules
create. The laptop's parser of filters accepts the same expressions.
"""

import re

# Keywords by the kind of their values.
KEYWORDS = {
    **dict.fromkeys("ok error throttle fault partial inferred first last remote root".split(), "boolean"),
    **dict.fromkeys("responsetime duration http.status index coverage".split(), "number"),
    **dict.fromkeys(
        "http.url http.method http.useragent http.clientip user name type message availabilityzone instance.id resource.arn "
        "group.name group.arn".split(),
        "string",
    ),
}
# An annotation may have a value of any kind. The guide mentions root causes without their syntax, so anything goes there.
OF_ANY_KIND = re.compile(r"annotation(\.|\s*\[).+|rootcause.*|json.*", re.IGNORECASE)
NODES = {"service": 1, "edge": 2}
# Keywords about whole traces, which the filter of a node cannot contain. Source: the guide, "Complex keywords".
OF_TRACES = re.compile(r"annotation(\.|\s*\[).+|service|edge|group\.name|group\.arn", re.IGNORECASE)
OPERATORS = {
    "boolean": ("=", "!="),
    "number": ("=", "!=", "<", "<=", ">", ">="),
    "string": ("=", "!=", "CONTAINS", "BEGINSWITH", "ENDSWITH"),
}
NUMBER = r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?![\w.])"
TOKEN = re.compile(
    rf"""\s*(?P<token>
        "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*'
        | [<>!]=? | = | [(){{}},:]
        | annotation\s*\[[^\]]+\]
        | [A-Za-z_][\w.\-/]* | {NUMBER}
    )""",
    re.VERBOSE | re.IGNORECASE,
)


class InvalidFilter(Exception):
    """Says where a filter expression stops being valid."""


def check_filter(expression: str) -> None:
    """Raises InvalidFilter unless the expression follows the grammar."""
    parser = _Parser(expression)
    parser.expression()
    if parser.next is not None:
        parser.fail()


class _Parser:
    def __init__(self, expression: str) -> None:
        self._text = expression.rstrip()
        self._end = 0
        self._in_node = False
        self.next: str | None = None
        self._advance()

    def expression(self) -> None:
        self._term()
        while self.next is not None and self.next not in ("}", ")"):
            if self.next.upper() in ("AND", "OR"):
                self._advance()
            self._term()

    def _term(self) -> None:
        token = self._take()
        if self._in_node and OF_TRACES.fullmatch(token):
            self.fail(token)
        if token == "!":
            self._term()
        elif token == "(":
            self.expression()
            self._expect(")")
        elif token.lower() in NODES:
            self._node(NODES[token.lower()])
        else:
            self._comparison(token)

    def _node(self, names: int) -> None:
        self._expect("(")
        for position in range(names):
            if position:
                self._expect(",")
            if names > 1 or self.next != ")":
                self._name()
        self._expect(")")
        if self.next == "{":
            self._advance()
            self._in_node = True
            self.expression()
            self._in_node = False
            self._expect("}")

    def _name(self) -> None:
        token = self._take()
        if token.lower() == "id":
            self._expect("(")
            self._member()
            while self.next == ",":
                self._advance()
                self._member()
            self._expect(")")
        else:
            self._string(token)

    def _member(self) -> None:
        token = self._take()
        if token.lower() not in ("name", "type", "account.id"):
            self.fail(token)
        self._expect(":")
        self._string(self._take())

    def _comparison(self, keyword: str) -> None:
        kind = KEYWORDS.get(keyword.lower())
        if kind is None and not OF_ANY_KIND.fullmatch(keyword):
            self.fail(keyword)
        operator = (self.next or "").upper()
        kinds = [one for one in ([kind] if kind else OPERATORS) if operator in OPERATORS[one]]
        if not kinds:
            return  # the keyword alone
        self._advance()
        value = self._take()
        if not any(_is_value(one, value) for one in kinds):
            self.fail(value)

    def _string(self, token: str) -> None:
        if not _is_value("string", token):
            self.fail(token)

    def _expect(self, token: str) -> None:
        if self._take() != token:
            self.fail(token)

    def _take(self) -> str:
        token = self.next
        if token is None:
            self.fail()
        self._advance()
        return token

    def _advance(self) -> None:
        if self._end >= len(self._text):
            self.next = None
            return
        match = TOKEN.match(self._text, self._end)
        if match is None:
            self.fail(self._text[self._end :].strip())
        self.next, self._end = match["token"], match.end()

    def fail(self, token: str | None = None) -> None:
        raise InvalidFilter(f"unexpected {token or self.next or 'end'} in '{self._text}'")


def _is_value(kind: str, token: str) -> bool:
    if kind == "string":
        return token[0] in "\"'"
    if kind == "number":
        return re.fullmatch(NUMBER, token, re.IGNORECASE) is not None
    return token.lower().strip("\"'") in ("true", "false")
