import uuid

from moto.cognitoidentity.models import cognitoidentity_backends
from moto.cognitoidp.models import cognitoidp_backends
from moto.opensearch.models import OpenSearchServiceBackend

from .patch import around, memory


@around(OpenSearchServiceBackend, "create_domain")
def make_app_client(original, self, domain_name, cognito_options, **options):
    """A domain behind Cognito makes an app client in the user pool and enters it into the identity pool.

    moto does neither, and whoever refers to the client (a managed user pool client, a role mapping) finds none.
    """
    domain = original(self, domain_name=domain_name, cognito_options=cognito_options, **options)
    if (cognito_options or {}).get("Enabled"):
        home = f"https://{domain.endpoint}/_dashboards/app/home"
        client = cognitoidp_backends[self.account_id][self.region_name].create_user_pool_client(
            cognito_options["UserPoolId"],
            generate_secret=True,
            extended_config={
                "ClientName": f"AmazonOpenSearchService-{domain_name}-{self.region_name}-{uuid.uuid4().hex[:26]}",
                "AllowedOAuthFlows": ["code"],
                "AllowedOAuthFlowsUserPoolClient": True,
                "AllowedOAuthScopes": ["email", "openid", "phone", "profile"],
                "CallbackURLs": [home],
                "LogoutURLs": [home],
                "SupportedIdentityProviders": ["COGNITO"],
            },
        )
        memory(self, "app_clients")[domain_name] = client
        _identity_pool(self, cognito_options).cognito_identity_providers = [
            {
                "ProviderName": f"cognito-idp.{self.region_name}.amazonaws.com/{client.user_pool_id}",
                "ClientId": client.id,
                "ServerSideTokenCheck": True,
            }
        ]
    return domain


@around(OpenSearchServiceBackend, "delete_domain")
def remove_app_client(original, self, domain_name):
    """See make_app_client: the client goes with its domain."""
    domain = original(self, domain_name)
    client = memory(self, "app_clients").pop(domain_name, None)
    if client is not None:
        cognitoidp_backends[self.account_id][self.region_name].delete_user_pool_client(client.user_pool_id, client.id)
        _identity_pool(self, domain.cognito_options).cognito_identity_providers = []
    return domain


def _identity_pool(backend, cognito_options):
    return cognitoidentity_backends[backend.account_id][backend.region_name].identity_pools[
        cognito_options["IdentityPoolId"]
    ]
