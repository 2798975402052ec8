from moto.acm.exceptions import CertificateNotFound
from moto.acm.models import AWSCertificateManagerBackend
from moto.elbv2.models import ELBv2Backend

from .patch import around


@around(ELBv2Backend, "_certificate_exists")
def believe_in_certificates(original, self, certificate_arn: str) -> bool:
    """A certificate is the account's, made before any code; moto has only those that were made in it."""
    return True


@around(AWSCertificateManagerBackend, "set_certificate_in_use_by")
def use_certificates_of_the_account(original, self, arn: str, load_balancer_name: str) -> None:
    """See believe_in_certificates."""
    try:
        original(self, arn, load_balancer_name)
    except CertificateNotFound:
        pass
