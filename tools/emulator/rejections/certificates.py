"""ACM: certificates that other services use."""

from moto.backends import get_backend
from moto.utilities.arns import parse_arn


def is_pending(arn: str) -> bool:
    """True for a certificate that was requested in the emulator and not described as issued yet.

    All others count as issued, because the settings may name a certificate that exists in the account only.
    """
    if not arn.startswith("arn:aws:acm:"):
        return False
    parsed = parse_arn(arn)
    found = get_backend("acm")[parsed.account][parsed.region]._certificates.get(arn)
    return found is not None and found.status != "ISSUED"
