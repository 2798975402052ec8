#!/usr/bin/env bash
# EventBridge matches the fields of objects in an array one by one, so a rule can select the events of tasks by the exit code of a
# container. moto compares such a field with nothing: the rule never matches, although it works on AWS. Arrays of plain values match.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "moto[events]==5.2.1" boto3==1.44.8
# The library that EventBridge itself uses.
cat >pom.xml <<'POM'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>shop</groupId>
  <artifactId>probe</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>software.amazon.event.ruler</groupId>
      <artifactId>event-ruler</artifactId>
      <version>2.1.0</version>
    </dependency>
  </dependencies>
</project>
POM
mvn --quiet --batch-mode dependency:copy-dependencies -DoutputDirectory=jars >/dev/null

cat >event.json <<'JSON'
{"tags": ["shop", "like"], "containers": [{"name": "xray", "exitCode": 0}, {"name": "like", "exitCode": 137}]}
JSON
cat >values.json <<'JSON'
{"tags": ["like"]}
JSON
cat >objects.json <<'JSON'
{"containers": {"exitCode": [{"numeric": [">", 0]}]}}
JSON

cat >Probe.java <<'PROBE'
import java.nio.file.Files;
import java.nio.file.Path;
import software.amazon.event.ruler.Ruler;

class Probe {
  public static void main(String[] arguments) throws Exception {
    boolean matches = Ruler.matchesRule(Files.readString(Path.of("event.json")), Files.readString(Path.of(arguments[0])));
    System.out.println(matches ? "match" : "no match");
  }
}
PROBE
cat >probe.py <<'PROBE'
import json
import sys

import boto3
from moto import mock_aws

event, pattern = open("event.json").read(), json.load(open(sys.argv[1]))
with mock_aws():
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    sqs, events = session.client("sqs"), session.client("events")
    queue = sqs.create_queue(QueueName="stopped")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="stopped", EventPattern=json.dumps({"detail": pattern}))
    events.put_targets(Rule="stopped", Targets=[{"Id": "queue", "Arn": arn}])
    events.put_events(Entries=[{"Source": "shop", "DetailType": "Task Stopped", "Detail": event}])
    print("match" if "Messages" in sqs.receive_message(QueueUrl=queue) else "no match")
PROBE

moto="$(venv/bin/python probe.py values.json), $(venv/bin/python probe.py objects.json)"
ruler="$(java -cp 'jars/*' Probe.java values.json), $(java -cp 'jars/*' Probe.java objects.json)"
echo "version:  moto 5.2.1, a rule for a value of an array, and one for the exit code in an array of containers"
echo "expected: as from event-ruler 2.1.0 of AWS: $ruler"
echo "observed: $moto"
echo "source:   https://github.com/aws/event-ruler, README.md, JSON Array Matching, and"
echo "          https://github.com/getmoto/moto, moto/events/models.py, EventPattern._flatten_dict"
[ "$ruler" = "match, match" ] && [ "$moto" = "match, no match" ]
