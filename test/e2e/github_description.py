"""GitHub's published description of its REST API (npm @octokit/openapi, OpenAPI 3.0): what a request may hold and what
an answer must. The scripted GitHub keeps only what dursor reads; what else an answer requires is filled in from here.
"""

import functools
import json
import os
import re

import jsonschema_rs

PATH = f"{os.environ['DURSOR_TEST_ROOT']}/.node/github/api.github.com.json"
FORMATS = {"uri": "https://api.github.com/none", "date-time": "2026-01-02T03:04:05Z", "date": "2026-01-02", "email": "none@example.org"}
PLAIN = {"string": "none", "integer": 1, "number": 1, "boolean": False}


@functools.cache
def document():
    try:
        with open(PATH) as f:
            return json.load(f)
    except FileNotFoundError:
        raise SystemExit(f"{PATH} is not there: ./dev test brings it") from None


@functools.cache
def places():
    """(pattern of a path, its operations); a path without parameters goes before one with them."""
    paths = sorted(document()["paths"].items(), key=lambda entry: entry[0].count("{"))
    return [(re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), operations) for path, operations in paths]


@functools.cache
def operation(method, place):
    """None when GitHub has no such operation."""
    for pattern, operations in places():
        if pattern.fullmatch(place) and method.lower() in operations:
            return Operation(operations[method.lower()])
    return None


def resolved(node):
    while "$ref" in node:
        node = functools.reduce(lambda at, name: at[name], node["$ref"].removeprefix("#/").split("/"), document())
    return node


def plain_schema(node):
    """As JSON Schema, which knows no "nullable"."""
    if isinstance(node, list):
        return [plain_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {name: plain_schema(value) for name, value in node.items() if name not in ("nullable", "example", "examples", "discriminator")}
    if node.get("nullable") is not True:
        return made
    if "enum" in made and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]
    if "type" in made:
        return {**made, "type": [made["type"], "null"]}
    return {"anyOf": [made, {"type": "null"}]}


def reached(node, names):
    """Adds the names of all components that the schema leads to."""
    for value in node if isinstance(node, list) else node.values() if isinstance(node, dict) else ():
        if isinstance(value, str) and value.startswith("#/components/schemas/"):
            name = value.rsplit("/", 1)[1]
            if name not in names:
                names.add(name)
                reached(document()["components"]["schemas"][name], names)
        else:
            reached(value, names)
    return names


def validator(schema):
    schemas = {name: plain_schema(document()["components"]["schemas"][name]) for name in reached([schema], set())}
    return jsonschema_rs.validator_for({"$schema": "http://json-schema.org/draft-07/schema#", "allOf": [plain_schema(schema)],
                                        "components": {"schemas": schemas}})


def faults_of(checker, value, what):
    return [f"{what}{''.join(f'[{part!r}]' for part in e.instance_path)}: {e.message[:300]}" for e in checker.iter_errors(value)]


def alternatives(schema):
    return schema.get("oneOf") or schema.get("anyOf")


def example(schema):
    """The least that the schema allows."""
    schema = resolved(schema)
    if schema.get("nullable"):
        return None
    if "enum" in schema:
        return schema["enum"][0]
    if alternatives(schema):
        return example(alternatives(schema)[0])
    kind = schema.get("type", "object")
    if kind == "string":
        return FORMATS.get(schema.get("format"), PLAIN["string"])
    return [] if kind == "array" else filled(schema, {}) if kind == "object" else PLAIN[kind]


def filled(schema, value):
    """The value with all that the schema requires beside it."""
    schema = resolved(schema)
    if isinstance(value, list):
        return [filled(schema.get("items", {}), one) for one in value]
    if not isinstance(value, dict):
        return value
    for part in [*schema.get("allOf", []), *(alternatives(schema) or [])[:1]]:
        value = filled(part, value)
    properties = schema.get("properties", {})
    made = {name: filled(properties.get(name, {}), one) for name, one in value.items()}
    return {**{name: example(properties.get(name, {})) for name in schema.get("required", []) if name not in value}, **made}


class Operation:
    def __init__(self, described):
        self.parameters = [resolved(one) for one in described.get("parameters", [])]
        body = described.get("requestBody", {}).get("content", {}).get("application/json")
        self.body = body and validator(body["schema"])
        self.schemas = {int(status): content["schema"] for status, answer in described["responses"].items()
                        for kind, content in resolved(answer).get("content", {}).items() if kind == "application/json"}
        self.checkers = {}

    def request_faults(self, query, body):
        known = {one["name"]: one for one in self.parameters if one["in"] == "query"}
        said = [f"no such parameter: {name}" for name in query if name not in known]
        said += [f"the parameter {name} is missing" for name, one in known.items() if one.get("required") and name not in query]
        for name in query.keys() & known.keys():
            numeric = resolved(known[name]["schema"]).get("type") == "integer"
            said += faults_of(validator(known[name]["schema"]), int(query[name]) if numeric else query[name], name)
        if not body:
            return said
        return said + (faults_of(self.body, json.loads(body), "body") if self.body else ["a body, where there is none"])

    def complete(self, status, value):
        return filled(self.schemas[status], value) if status in self.schemas else value

    def answer_faults(self, status, value):
        if status not in self.schemas:
            return []
        if status not in self.checkers:
            self.checkers[status] = validator(self.schemas[status])
        return faults_of(self.checkers[status], value, f"our answer {status}")
