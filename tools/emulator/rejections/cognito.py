"""Cognito: user pool domains and clients."""

import re

from .rejection import Rejection, rejects
from .request import Request

RESERVED = ("aws", "amazon", "cognito")


@rejects("cognito-idp", "CreateUserPoolDomain", "UpdateUserPoolDomain")
def domain(request: Request) -> None:
    """Source: Cognito developer guide, "Using the Amazon Cognito domain": a prefix cannot contain these words."""
    name = request["Domain"] or ""
    if request["CustomDomainConfig"]:
        return
    for word in RESERVED:
        if word in name:
            raise Rejection("InvalidParameterException", f"Domain cannot contain reserved word: {word}")
    if request.operation == "CreateUserPoolDomain" and name in request.backend().user_pool_domains:
        raise Rejection("InvalidParameterException", "Domain already associated with another user pool.")


@rejects("cognito-idp", "CreateUserPool")
def sign_in_names(request: Request) -> None:
    """Source: Cognito developer guide, "Customizing sign-in attributes"; the message is paraphrased."""
    if request["AliasAttributes"] and request["UsernameAttributes"]:
        raise Rejection(
            "InvalidParameterException", "Only one of the aliasAttributes or usernameAttributes can be set in a user pool."
        )


@rejects("cognito-idp", "CreateUserPoolClient", "UpdateUserPoolClient")
def client(request: Request) -> None:
    """Source: API reference of CreateUserPoolClient, InvalidOAuthFlowException and InvalidParameterException."""
    flows = request["AllowedOAuthFlows"] or []
    if "client_credentials" in flows and len(flows) > 1:
        raise Rejection(
            "InvalidOAuthFlowException",
            "client_credentials flow can not be selected along with code flow or implicit flow.",
        )
    if {"code", "implicit"} & set(flows) and not request["CallbackURLs"]:
        raise Rejection("InvalidOAuthFlowException", "code/implicit flow requires at least one callback URL.")
    for url in request["CallbackURLs"] or []:
        if (
            not re.match(r"https://|http://localhost|[a-z][a-z0-9.+-]*://(?!.*^http:)", url)
            or url.startswith("http://")
            and not re.match(r"http://(localhost|127\.0\.0\.1)", url)
        ):
            raise Rejection("InvalidParameterException", f"Invalid callback url provided: {url}")


# Scopes of every user pool. Source: API reference of CreateUserPoolClient, AllowedOAuthScopes.
SCOPES = {"phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"}


@rejects("cognito-idp", "CreateUserPoolClient", "UpdateUserPoolClient")
def scopes(request: Request) -> None:
    """Source: as above; awsdocs/aws-cloudformation-user-guide #564 quotes code and message."""
    pool = request.backend().user_pools.get(request["UserPoolId"])
    custom = {
        f"{server.identifier}/{scope['ScopeName']}"
        for server in (pool.resource_servers.values() if pool is not None else [])
        for scope in server.scopes
    }
    for scope in request["AllowedOAuthScopes"] or []:
        if scope not in SCOPES | custom:
            raise Rejection("ScopeDoesNotExistException", f"Invalid scope requested: {scope}")


# Seconds per unit, and the range of a token's validity. Source: API reference of CreateUserPoolClient.
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
VALIDITY = {
    "AccessToken": ("hours", 300, 86_400),
    "IdToken": ("hours", 300, 86_400),
    "RefreshToken": ("days", 3600, 315_360_000),
}


@rejects("cognito-idp", "CreateUserPoolClient", "UpdateUserPoolClient")
def token_validity(request: Request) -> None:
    """Source: as above; public reports quote the message."""
    for token, (unit, least, most) in VALIDITY.items():
        value = request[f"{token}Validity"]
        unit = (request["TokenValidityUnits"] or {}).get(token) or unit
        if value and not least <= int(value) * UNITS[unit] <= most:
            raise Rejection("InvalidParameterException", "Invalid range for token validity.")


@rejects("cognito-idp", "CreateUserPoolClient", "UpdateUserPoolClient")
def identity_providers(request: Request) -> None:
    """Source: API reference of CreateUserPoolClient, SupportedIdentityProviders; aws/aws-cdk #15692 quotes the message."""
    pool = request.backend().user_pools.get(request["UserPoolId"])
    for name in request["SupportedIdentityProviders"] or []:
        if pool is not None and name != "COGNITO" and name not in pool.identity_providers:
            raise Rejection(
                "InvalidParameterException", f"The provider {name} does not exist for User Pool {request['UserPoolId']}."
            )


@rejects("cognito-idp", "DeleteUserPool")
def pool_with_domain(request: Request) -> None:
    """Source: API reference of DeleteUserPool: its domain must be deleted first."""
    for found in request.backend().user_pool_domains.values():
        if getattr(found, "user_pool_id", None) == request["UserPoolId"]:
            raise Rejection(
                "InvalidParameterException",
                "User pool cannot be deleted. It has a domain configured that should be deleted first.",
            )
