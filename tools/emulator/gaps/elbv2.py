from moto.acm.exceptions import CertificateNotFound
from moto.acm.models import AWSCertificateManagerBackend
from moto.elbv2.models import ELBv2Backend

from .patch import around


@around(ELBv2Backend, "_certificate_exists")
def accept_existing_certificates(original, self, certificate_arn: str) -> bool:
    """Accepts certificates that exist in the account; moto knows only those created in it."""
    return True


@around(ELBv2Backend, "modify_listener")
def plain_listeners_have_no_encryption(original, self, arn: str, *args, **kwargs):
    """Changing the protocol to HTTP removes the policy and the certificate. Source: API reference of ModifyListener."""
    listener = original(self, arn, *args, **kwargs)
    if listener.protocol == "HTTP":
        listener.ssl_policy, listener.certificate, listener.certificates = None, None, []
    return listener


@around(AWSCertificateManagerBackend, "set_certificate_in_use_by")
def use_certificates_of_the_account(original, self, arn: str, load_balancer_name: str) -> None:
    """See accept_existing_certificates."""
    try:
        original(self, arn, load_balancer_name)
    except CertificateNotFound:
        pass
