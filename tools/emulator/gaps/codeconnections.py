import uuid

from moto.core.base_backend import BaseBackend
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from .patch import memory, new_service, tags

# moto has neither CodeConnections nor its older name, which the provider's resource still uses.


class ResourceNotFoundException(ServiceException):
    code = "ResourceNotFoundException"


def service(name: str) -> None:
    class Backend(BaseBackend):
        """Connections to external repositories. Each stays PENDING, as in AWS until someone authorizes it."""

    class Response(BaseResponse):
        def __init__(self) -> None:
            super().__init__(service_name=name)
            self.automated_parameter_parsing = True

        @property
        def backend(self):
            return backends[self.current_account][self.region]

        @property
        def connections(self) -> dict:
            return memory(self.backend, "connections")

        def create_connection(self) -> ActionResult:
            arn = f"arn:aws:{name}:{self.region}:{self.current_account}:connection/{uuid.uuid4()}"
            self.connections[arn] = {
                "ConnectionArn": arn,
                "ConnectionName": self._get_param("ConnectionName"),
                "ProviderType": self._get_param("ProviderType"),
                "OwnerAccountId": self.current_account,
                "ConnectionStatus": "PENDING",
            }
            tags(self.backend).tag_resource(arn, self._get_param("Tags"))
            return ActionResult({"ConnectionArn": arn, "Tags": self._get_param("Tags", [])})

        def get_connection(self) -> ActionResult:
            try:
                return ActionResult({"Connection": self.connections[self._get_param("ConnectionArn")]})
            except KeyError:
                raise ResourceNotFoundException("Connection not found") from None

        def delete_connection(self) -> ActionResult:
            self.connections.pop(self._get_param("ConnectionArn"), None)
            return EmptyResult()

        def list_tags_for_resource(self) -> ActionResult:
            return ActionResult(tags(self.backend).list_tags_for_resource(self._get_param("ResourceArn")))

        def tag_resource(self) -> ActionResult:
            tags(self.backend).tag_resource(self._get_param("ResourceArn"), self._get_param("Tags"))
            return EmptyResult()

        def untag_resource(self) -> ActionResult:
            tags(self.backend).untag_resource_using_names(self._get_param("ResourceArn"), self._get_param("TagKeys"))
            return EmptyResult()

    backends = new_service(name, Backend, Response, ["/$"])


service("codeconnections")
service("codestar-connections")
