#!/usr/bin/env bash
# Maven's Surefire up to 3.1.0 writes the time of a test with commas between thousands: "1,024.12" seconds. junit-to-ctrf, which supports
# Surefire's reports, reads up to the comma: a test of 17 minutes, like one that waits for a new search domain, took one second, while
# one of 900 seconds took 15 minutes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent junit-to-ctrf@0.0.14
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check junitparser==5.0.3
cat >pom.xml <<'POM'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>shop</groupId>
  <artifactId>probe</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.maven.surefire</groupId>
      <artifactId>maven-surefire-common</artifactId>
      <version>3.1.0</version>
    </dependency>
  </dependencies>
</project>
POM
mvn --quiet --batch-mode dependency:copy-dependencies -DoutputDirectory=jars >/dev/null

# The writer of Surefire's reports.
cat >Write.java <<'PROBE'
import java.io.File;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.maven.plugin.surefire.report.ReportEntryType;
import org.apache.maven.plugin.surefire.report.StatelessXmlReporter;
import org.apache.maven.plugin.surefire.report.TestSetStats;
import org.apache.maven.plugin.surefire.report.WrappedReportEntry;
import org.apache.maven.surefire.api.report.RunMode;
import org.apache.maven.surefire.api.report.SimpleReportEntry;

class Write {
  public static void main(String[] arguments) {
    int milliseconds = Integer.parseInt(arguments[0]);
    SimpleReportEntry test = new SimpleReportEntry(RunMode.NORMAL_RUN, 1L, "Search", null, "createsDomain", null, milliseconds);
    WrappedReportEntry entry = new WrappedReportEntry(test, ReportEntryType.SUCCESS, milliseconds, null, null);
    TestSetStats stats = new TestSetStats(false, false);
    stats.testSucceeded(entry);
    String schema = "https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd";
    new StatelessXmlReporter(new File("."), null, false, 0, new ConcurrentHashMap<>(), schema, "3.0", false, false, false, false)
        .testSetCompleted(entry, stats);
  }
}
PROBE
javac -proc:none -cp 'jars/*' Write.java
cat >probe.py <<'PROBE'
import json
import sys

from junitparser import JUnitXml

[test] = JUnitXml.fromfile("TEST-Search.xml")
[converted] = json.load(open("ctrf.json"))["results"]["tests"]
print({"junitparser": test.time, "junit-to-ctrf": converted["duration"] / 1000}[sys.argv[1]], "s")
PROBE
read_time() {
  java -cp 'jars/*:.' Write "$2"
  npx junit-to-ctrf TEST-Search.xml --output ctrf.json >/dev/null
  venv/bin/python probe.py "$1"
}

before=$(read_time junit-to-ctrf 900000)
expected=$(read_time junitparser 1024120)
observed=$(read_time junit-to-ctrf 1024120)
written=$(grep -o 'testcase.* time="[^"]*"' TEST-Search.xml | grep -o '[0-9,.]*"$' | tr -d '"')
echo "version:  junit-to-ctrf 0.0.14, a test whose time is $written in the report of Surefire 3.1.0 (900 s in a report are $before)"
echo "expected: as from junitparser 5.0.3: $expected"
echo "observed: $observed"
echo "source:   https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd and apache/maven-surefire, issue 2707;"
echo "          README.md of junit-to-ctrf, Supported JUnit Types: \"Maven Surefire\""
[ "$written" = "1,024.12" ] && [ "$before" = "900.0 s" ] && [ "$expected" = "1024.12 s" ] && [ "$observed" = "1.0 s" ]
