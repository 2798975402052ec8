import uuid

from moto.cognitoidentity.models import cognitoidentity_backends
from moto.cognitoidp.models import cognitoidp_backends
from moto.opensearch.models import OpenSearchServiceBackend

from opensearch_versions import VERSIONS, compatible_versions

from .patch import around, memory


@around(OpenSearchServiceBackend, "create_domain")
def make_app_client(original, self, domain_name, cognito_options, **options):
    """Creates the app client that a domain with Cognito adds to the user pool and the identity pool.

    moto creates none, so references to it (a managed user pool client, a role mapping) fail.
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
    """Deletes the app client with its domain; see make_app_client."""
    domain = original(self, domain_name)
    client = memory(self, "app_clients").pop(domain_name, None)
    if client is not None:
        cognitoidp_backends[self.account_id][self.region_name].delete_user_pool_client(client.user_pool_id, client.id)
        _identity_pool(self, domain.cognito_options).cognito_identity_providers = []
    return domain


@around(OpenSearchServiceBackend, "get_compatible_versions")
def own_upgrade_paths(original, self, domain_name):
    """moto returns one fixed list, in which a newer version is missing: the provider then plans a replacement."""
    original(self, domain_name)  # rejects an unknown domain
    domains = [self.domains[domain_name].engine_version.options] if domain_name else VERSIONS
    return [{"SourceVersion": source, "TargetVersions": compatible_versions(source)} for source in domains]


def _identity_pool(backend, cognito_options):
    return cognitoidentity_backends[backend.account_id][backend.region_name].identity_pools[
        cognito_options["IdentityPoolId"]
    ]
