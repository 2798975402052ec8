import json
import time
import uuid

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.metric_filters import MetricFilters
from moto.logs.responses import LogsResponse
from moto.utilities.tagging_service import TaggingService

from .patch import around, memory, missing_from, tags


@around(MetricFilters, "add_filter")
def replace_filter(original, self, filter_name, filter_pattern, log_group_name, *args) -> None:
    """moto keeps the former filter of that name, too, and Terraform reads it after an update."""
    self.delete_filter(filter_name, log_group_name)
    original(self, filter_name, filter_pattern, log_group_name, *args)


def _queries(response) -> dict:
    return memory(response.logs_backend, "query_definitions")


def _detectors(response) -> dict:
    return memory(response.logs_backend, "anomaly_detectors")


def _detector_arn(response) -> str:
    arn = response._get_param("anomalyDetectorArn")
    if arn not in _detectors(response):
        raise ResourceNotFoundException()
    return arn


@missing_from(LogsResponse)
def put_query_definition(self) -> str:
    """moto has no saved queries. A query with an ID replaces the stored one."""
    query = json.loads(self.body)
    query.pop("clientToken", None)
    query.setdefault("queryDefinitionId", str(uuid.uuid4()))
    query["lastModified"] = int(time.time() * 1000)
    _queries(self)[query["queryDefinitionId"]] = query
    return json.dumps({"queryDefinitionId": query["queryDefinitionId"]})


@missing_from(LogsResponse)
def describe_query_definitions(self) -> str:
    """See put_query_definition."""
    prefix = self._get_param("queryDefinitionNamePrefix", "")
    found = [query for query in _queries(self).values() if query["name"].startswith(prefix)]
    return json.dumps({"queryDefinitions": found})


@missing_from(LogsResponse)
def delete_query_definition(self) -> str:
    """See put_query_definition."""
    gone = _queries(self).pop(self._get_param("queryDefinitionId"), None)
    return json.dumps({"success": gone is not None})


@missing_from(LogsResponse)
def create_log_anomaly_detector(self) -> str:
    """moto has no anomaly detectors."""
    detector = json.loads(self.body)
    given = TaggingService.convert_dict_to_tags_input(detector.pop("tags", None))
    arn = f"arn:aws:logs:{self.region}:{self.current_account}:anomaly-detector:{uuid.uuid4()}"
    _detectors(self)[arn] = {
        "anomalyVisibilityTime": 7,
        "anomalyDetectorStatus": "TRAINING",
        "creationTimeStamp": int(time.time() * 1000),
        **detector,
    }
    tags(self.logs_backend).tag_resource(arn, given)
    return json.dumps({"anomalyDetectorArn": arn})


@missing_from(LogsResponse)
def get_log_anomaly_detector(self) -> str:
    """See create_log_anomaly_detector."""
    return json.dumps(_detectors(self)[_detector_arn(self)])


@missing_from(LogsResponse)
def update_log_anomaly_detector(self) -> str:
    """See create_log_anomaly_detector."""
    changes = json.loads(self.body)
    _detectors(self)[changes.pop("anomalyDetectorArn")].update(changes)
    return "{}"


@missing_from(LogsResponse)
def delete_log_anomaly_detector(self) -> str:
    """See create_log_anomaly_detector."""
    del _detectors(self)[_detector_arn(self)]
    return "{}"


@around(LogsResponse, "list_tags_for_resource")
def list_tags_of_detectors_too(original, self) -> str:
    """moto supports log groups and destinations only; the provider lists a detector's tags on every read."""
    arn = self._get_param("resourceArn")
    if ":anomaly-detector:" not in arn:
        return original(self)
    return json.dumps({"tags": tags(self.logs_backend).get_tag_dict_for_resource(arn)})
