import json

from moto.codecommit.models import CodeCommit
from moto.codecommit.responses import CodeCommitResponse
from moto.core.utils import unix_time
from moto.utilities.tagging_service import TaggingService

from .patch import around, missing_from, tags


@around(CodeCommit, "__init__")
def date_in_seconds(original, self, *args, **kwargs) -> None:
    """moto writes dates as text; the SDK for Go accepts only numbers there."""
    original(self, *args, **kwargs)
    self.repository_metadata["creationDate"] = self.repository_metadata["lastModifiedDate"] = unix_time()


@around(CodeCommitResponse, "create_repository")
def keep_tags(original, self) -> str:
    """moto drops a repository's tags, so the next plan adds them."""
    answer = original(self)
    given = TaggingService.convert_dict_to_tags_input(self._get_param("tags"))
    tags(self.codecommit_backend).tag_resource(json.loads(answer)["repositoryMetadata"]["Arn"], given)
    return answer


@missing_from(CodeCommitResponse)
def list_tags_for_resource(self) -> str:
    """The provider lists a repository's tags on every read and fails without a response."""
    return json.dumps({"tags": tags(self.codecommit_backend).get_tag_dict_for_resource(self._get_param("resourceArn"))})


@missing_from(CodeCommitResponse)
def list_branches(self) -> str:
    """Called before the provider sets a default branch. moto accepts no pushes, so there are no branches."""
    return json.dumps({"branches": []})
