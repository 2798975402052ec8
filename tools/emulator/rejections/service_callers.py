"""Calls that AWS services make to a resource with a policy, such as a topic, a function, or a role.

A condition on a key that the caller does not send is not met. Its statement then allows nothing, and the call fails, often
silently. Each rule cites the page that shows which keys a service sends.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .policies import as_list

# Condition operators that are met if any of their values matches; the ones with patterns come second.
EXACT = ("stringequals", "bool")
PATTERNS = ("stringlike", "arnlike", "arnequals")


@dataclass(frozen=True)
class ServiceCall:
    """A call of a service. Callers are principals, with wildcards; `sent` has the condition keys by name, in lower case."""

    callers: tuple[str, ...]
    action: str
    resource: str
    sent: Mapping[str, str] = field(default_factory=dict)

    def is_allowed_by(self, policies: Iterable[dict | None]) -> bool:
        """True if a statement of the policies allows the call. Deny statements are not evaluated."""
        statements = [statement for policy in policies for statement in as_list((policy or {}).get("Statement"))]
        return any(self._is_allowed(statement) for statement in statements)

    def _is_allowed(self, statement: dict) -> bool:
        resources = as_list(statement.get("Resource") or "*")  # a trust policy has none
        return (
            statement.get("Effect") == "Allow"
            and any(name == "*" or covers(caller, name) for caller in self.callers for name in _principals(statement))
            and any(covers(pattern.lower(), self.action.lower()) for pattern in as_list(statement.get("Action")))
            and any(covers(pattern, self.resource) for pattern in resources)
            and all(
                self._meets(operator.lower(), key.lower(), as_list(values))
                for operator, keys in (statement.get("Condition") or {}).items()
                for key, values in keys.items()
            )
        )

    def _meets(self, operator: str, key: str, values: list) -> bool:
        value = self.sent.get(key)
        if value is None:
            return operator.endswith("ifexists")
        name = operator.removesuffix("ifexists")
        if name in EXACT:
            return value in map(str, values)
        return name in PATTERNS and any(covers(str(pattern), value) for pattern in values)


def source(account: str, arn: str) -> dict[str, str]:
    """The keys that most services send: the ARN of the resource that they act for, and its account."""
    return {"aws:sourceaccount": account, "aws:sourcearn": arn}


def covers(pattern: str, text: str) -> bool:
    """True if a pattern with the wildcards of IAM covers a string."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, re.DOTALL) is not None


def _principals(statement: dict) -> list[str]:
    principal = statement.get("Principal")
    names = principal.values() if isinstance(principal, dict) else [principal]
    return [str(name) for one in names for name in as_list(one)]
