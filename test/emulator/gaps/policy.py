"""What a resource's policy says of a request, as far as the emulator asks one."""

import fnmatch
from typing import Any


def admits(policy: dict[str, Any], kind: str, callers: set[str], action: str, context: dict[str, Any], resource: str = "") -> bool:
    """Whether a policy allows it to one of the callers, and denies it to none of them."""
    decisions = {s["Effect"] for s in listed(policy["Statement"]) if meets(s, kind, callers, action, context, resource)}
    return decisions == {"Allow"}


def meets(statement: dict[str, Any], kind: str, callers: set[str], action: str, context: dict[str, Any], resource: str) -> bool:
    named = statement.get("Principal", {})
    named = ["*"] if named == "*" else listed(named.get(kind, [])) + listed(named.get("*", []))
    if not callers & set(named):
        return False
    if not any(fnmatch.fnmatchcase(action.lower(), a.lower()) for a in listed(statement["Action"])):
        return False
    if resource and not any(fnmatch.fnmatchcase(resource, r) for r in listed(statement["Resource"])):
        return False
    return all(holds(operator, key, listed(wanted), context)
               for operator, keys in statement.get("Condition", {}).items() for key, wanted in keys.items())


def holds(operator: str, key: str, wanted: list[str], context: dict[str, Any]) -> bool:
    """A condition of a trust policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
    value = {k.lower(): v for k, v in context.items()}.get(key.lower())
    if operator.endswith("IfExists"):
        if value is None:
            return True
        operator = operator.removesuffix("IfExists")
    if operator == "Null":
        return (value is None) == (str(wanted[0]).lower() == "true")
    if value is None:
        return operator.startswith(("StringNot", "ArnNot"))
    equal = operator in ("StringEquals", "StringNotEquals")
    if not equal and operator not in ("StringLike", "StringNotLike", "ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals", "Bool"):
        raise NotImplementedError(f"condition operator {operator}")
    if operator == "Bool":
        return str(value).lower() == str(wanted[0]).lower()
    matches = any(value == w if equal else fnmatch.fnmatchcase(value, w) for w in wanted)
    return matches != ("Not" in operator)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
