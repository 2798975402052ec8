"""CloudWatch: expressions of metric math.

Grammar and functions from the CloudWatch user guide, "Using metric math":

    expression = term { operator term }
    term       = "-" term | "(" expression ")" | list | number | ID | function( [argument { , argument }] )
    list       = "[" expression { , expression } "]"
    argument   = expression | string | one of REPEAT, LINEAR, ASC, DESC, and the functions that SORT takes by name
"""

import re

# With the smallest number of arguments.
FUNCTIONS = {
    **dict.fromkeys(
        "ABS ANOMALY_DETECTION_BAND AVG CEIL DATAPOINT_COUNT DIFF DIFF_TIME FIRST LAST FLOOR LAMBDA LOG LOG10 MAX METRIC_COUNT MIN "
        "MINUTE HOUR DAY DATE MONTH YEAR EPOCH PERIOD RATE REMOVE_EMPTY RUNNING_SUM SEARCH SERVICE_QUOTA STDDEV SUM TIME_SERIES".split(),
        1,
    ),
    "METRICS": 0,
    **dict.fromkeys("FILL IF INSIGHT_RULE_METRIC SLICE".split(), 2),
    **dict.fromkeys("DB_PERF_INSIGHTS SORT".split(), 3),
}
# Functions that return one time series, or a number, for a list of time series, and those that return a list.
OF_LIST = {"AVG", "FIRST", "LAST", "MAX", "METRIC_COUNT", "MIN", "SLICE", "STDDEV", "SUM"}
LISTS = {"METRICS", "REMOVE_EMPTY", "SORT"}
ARGUMENTS = {"REPEAT", "LINEAR", "ASC", "DESC", "AVG", "MAX", "MIN", "STDDEV", "SUM"}
OPERATORS = {"+", "-", "*", "/", "^", "<", "<=", ">", ">=", "==", "!=", "&&", "||", "AND", "OR"}
TOKEN = re.compile(
    r"""\s*(?P<token>
        \d+(?:\.\d*)?(?:[eE][+-]?\d+)? | \.\d+
        | [A-Za-z_]\w*
        | "[^"]*" | '[^']*'
        | [<>=!]= | && | \|\| | [-+*/^<>()\[\],]
    )""",
    re.VERBOSE,
)


class InvalidExpression(Exception):
    """Says what CloudWatch objects to in an expression."""


def check_expression(expression: str, ids: list[str]) -> bool:
    """Raises InvalidExpression unless the expression follows the grammar and uses only these IDs of metrics. Returns true for a
    list of time series.
    """
    parser = _Parser(expression, ids)
    is_list = parser.expression()
    if parser.next:
        raise _syntax_error()
    return is_list


class _Parser:
    def __init__(self, expression: str, ids: list[str]) -> None:
        self._text = expression.rstrip()
        self._ids = ids
        self._end = 0
        self.next = ""
        self._advance()

    def expression(self) -> bool:
        is_list = self._term()
        while self.next in OPERATORS:
            self._advance()
            is_list |= self._term()
        return is_list

    def _term(self) -> bool:
        token = self._take()
        if token == "-":
            return self._term()
        if token == "(":
            is_list = self.expression()
            self._expect(")")
            return is_list
        if token == "[":
            self._list(self.expression)
            self._expect("]")
            return True
        if re.match(r"[A-Za-z_]", token):
            return self._name(token)
        if not re.match(r"[\d.]", token):
            raise _syntax_error()
        return False

    def _name(self, name: str) -> bool:
        if self.next != "(":
            if name not in self._ids:
                raise InvalidExpression(f"Unknown identifier '{name}'")
            return False
        if name not in FUNCTIONS:
            raise InvalidExpression(f"Unsupported function name '{name}'")
        self._advance()
        arguments = [] if self.next == ")" else self._list(self._argument)
        self._expect(")")
        if len(arguments) < FUNCTIONS[name]:
            raise _syntax_error()
        return name in LISTS or (name not in OF_LIST and any(arguments))

    def _argument(self) -> bool:
        is_string = self.next[:1] in ('"', "'")
        if is_string or (self.next in ARGUMENTS and not self._text[self._end :].lstrip().startswith("(")):
            self._advance()
            return False
        return self.expression()

    def _list(self, item) -> list[bool]:
        items = [item()]
        while self.next == ",":
            self._advance()
            items.append(item())
        return items

    def _expect(self, token: str) -> None:
        if self._take() != token:
            raise _syntax_error()

    def _take(self) -> str:
        token = self.next
        self._advance()
        return token

    def _advance(self) -> None:
        """Reads the next token; an empty one at the end."""
        match = TOKEN.match(self._text, self._end)
        if match is None and self._end < len(self._text):
            raise _syntax_error()
        self.next, self._end = (match["token"], match.end()) if match else ("", self._end)


def _syntax_error() -> InvalidExpression:
    return InvalidExpression("Syntax error")
