"""ACM: certificates in use."""

from .rejection import Rejection, rejects
from .request import Request


@rejects("acm", "DeleteCertificate")
def certificate_in_use(request: Request) -> None:
    """Source: API reference of DeleteCertificate, ResourceInUseException; public reports quote the message."""
    arn = request["CertificateArn"]
    distributions = request.backend("cloudfront").distributions.values()
    used = [one.distribution_config.ViewerCertificate.acm_certificate_arn for one in distributions]
    for balancer in request.backend("elbv2").load_balancers.values():
        for listener in balancer.listeners.values():
            used += listener.certificates
    if arn in used:
        raise Rejection(
            "ResourceInUseException", f"Certificate {arn} in account {request.account} is in use."
        )
