"""List and like as Flask services with the workshop's HTTP contract, for `npm run bench:original`."""

import os

import boto3
import requests
from flask import Flask, jsonify


def monolith():
    """Lists the mysfits with one scan per request and counts each like with one update."""
    app = Flask("monolith")
    table = os.environ["DDB_TABLE_NAME"]
    dynamodb = boto3.client("dynamodb")

    @app.get("/")
    def health():
        return jsonify(status="ok")

    @app.get("/mysfits")
    def list_mysfits():
        items = dynamodb.scan(TableName=table)["Items"]
        return allow_every_origin(jsonify(mysfits=[summary(item) for item in items]))

    @app.post("/mysfits/<mysfit_id>/fulfill-like")
    def fulfill_like(mysfit_id):
        dynamodb.update_item(
            TableName=table,
            Key={"MysfitId": {"S": mysfit_id}},
            UpdateExpression="ADD Likes :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
        return allow_every_origin(jsonify(Update="Success"))

    return app


def like():
    """Forwards each like to the monolith."""
    app = Flask("like")
    origin = f"http://{os.environ['MONOLITH_URL']}"

    @app.get("/")
    def health():
        return jsonify(status="ok")

    @app.post("/mysfits/<mysfit_id>/like")
    def like_mysfit(mysfit_id):
        requests.post(f"{origin}/mysfits/{mysfit_id}/fulfill-like", timeout=3).raise_for_status()
        return allow_every_origin(jsonify(Update="Success"))

    return app


def summary(item):
    return {
        "mysfitId": item["MysfitId"]["S"],
        "name": item["Name"]["S"],
        "goodevil": item["GoodEvil"]["S"],
        "lawchaos": item["LawChaos"]["S"],
        "species": item["Species"]["S"],
        "thumbImageUri": item["ThumbImageUri"]["S"],
    }


def allow_every_origin(response):
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
