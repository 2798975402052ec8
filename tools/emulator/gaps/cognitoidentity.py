import json

from moto.cognitoidentity.models import CognitoIdentityBackend
from moto.cognitoidentity.responses import CognitoIdentityResponse

from .patch import around, memory, missing_from


def _roles(response) -> dict:
    return memory(response.backend, "roles")


@missing_from(CognitoIdentityResponse)
def set_identity_pool_roles(self) -> str:
    """moto's identity pools have no roles."""
    pool = self._get_param("IdentityPoolId")
    self.backend.describe_identity_pool(pool)  # or it is unknown
    given = {name: self._get_param(name) for name in ("Roles", "RoleMappings") if self._get_param(name)}
    if given:
        _roles(self)[pool] = given
    else:
        _roles(self).pop(pool, None)
    return "{}"


@missing_from(CognitoIdentityResponse)
def get_identity_pool_roles(self) -> str:
    """See set_identity_pool_roles."""
    pool = self._get_param("IdentityPoolId")
    self.backend.describe_identity_pool(pool)
    return json.dumps({"IdentityPoolId": pool, **_roles(self).get(pool, {})})


@around(CognitoIdentityBackend, "delete_identity_pool")
def forget_identities(original, self, identity_pool_id: str) -> None:
    """moto keeps the identities of a deleted pool."""
    original(self, identity_pool_id)
    self.pools_identities.pop(identity_pool_id, None)
