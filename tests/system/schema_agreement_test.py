#!/usr/bin/env python3
"""The JSON Schemas accept what the loader accepts, and refuse what it refuses as far as a schema can tell.

    schema_agreement_test.py

Reads the schemas under docs/schema, which another test keeps equal to what the loader's tables say. Goes through all
files of the loader's corpus, whose .expected files say what the loader found, and through the shipped files. What YAML
itself refuses never reaches a schema. Of the rest a schema must refuse every file in which the loader found a structural
fault (an unknown or missing key, a wrong kind of value, a word that is none of those that may stand there) and no other.
The exceptions are listed, each with its reason.
"""

import json
import pathlib
import re
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "definition"

# unknown key, missing key, wrong kind, unknown word, not available
STRUCTURAL = {"CS010", "CS011", "CS012", "CS013", "CS015"}

# The loader finds a structural fault that no schema of this kind can see.
SEEN_BY_THE_LOADER_ALONE = {
    "broken/051-money-without-currency": "which keys a field needs follows from its type",
    "broken/052-choice-without-options": "which keys a field needs follows from its type",
    "broken/058-default-of-wrong-type": "the options of a choice are the file's own words",
    "broken/128-notify-needs": "one of several keys must stand there",
    "broken/129-set-unknown": "what may be set are the form's own fields",
    "broken/189-message-beside-text": "one of several keys must stand there",
    "broken/352-words-that-can-never-be": "what a word of an expression can be follows from the file's other values",
    "broken/366-mail-without-a-subject": "whether a key is needed follows from the keys beside it",
    "broken_connectors/no_events": "a map must not be empty",
    "broken_connectors/nothing_to_do": "one of several keys must stand there",
    "broken_connectors/scheme": "schemes are known to the code that checks signatures",
    "broken_connectors/scheme_options": "which keys a scheme takes follows from its name",
    "broken_connectors/three_secrets": "a list's length",
    "broken_configurations/listen_everywhere": "whether a key is needed follows from another's value",
    "broken_configurations/which_calendar": "whether a key is needed follows from another's value",
}

# A schema refuses, because YAML's own reading of a torn expression gives something else than text, or because the
# loader calls the fault by another code.
REFUSED_FOR_ANOTHER_REASON = {
    "broken/038-step-does-two-things": "the loader says that keys exclude each other; to a schema it is structure",
}


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema: yes, no, on, off and dates are text."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
]:
    CoreLoader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), list(first) + ([""] if tag == "null" else []))


def read(path):
    """The file's value; None where YAML refuses it."""
    try:
        return json.loads(json.dumps(yaml.load(path.read_text(encoding="utf-8"), CoreLoader), default=str))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError, TypeError):
        return None


def main():
    validators = {}
    for kind in ["workflow", "scenario", "connector", "people", "configuration"]:
        schema = json.loads((ROOT / "docs" / "schema" / f"{kind}.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft7Validator.check_schema(schema)
        validators[kind] = jsonschema.Draft7Validator(schema)

    faults = []
    accepted = refused = 0

    def fault_of(kind, value):
        errors = sorted(validators[kind].iter_errors(value), key=lambda error: len(error.absolute_path), reverse=True)
        return f"{'/'.join(map(str, errors[0].absolute_path))}: {errors[0].message[:200]}" if errors else None

    good = [("workflow", path) for path in sorted((CORPUS / "good").glob("*.yaml"))]
    good += [("workflow", path) for path in sorted((CORPUS / "warned").glob("*.yaml"))]
    good += [("workflow", path) for path in sorted((ROOT / "workflows").glob("*.yaml")) if ".test." not in path.name]
    good += [("connector", path) for path in sorted((ROOT / "connectors").glob("*.yaml"))]
    good += [("scenario", path) for path in sorted((ROOT / "workflows").glob("*.test.yaml"))]
    good += [("people", ROOT / "packaging/example/people.yaml")]
    good += [("configuration", ROOT / "packaging/example/countersign.yaml")]
    for kind, path in good:
        accepted += 1
        fault = fault_of(kind, read(path))
        if fault:
            faults.append(f"{path.relative_to(ROOT)} loads, but its schema refuses it: {fault}")

    # Shipped files tell editors where their schema is.
    for kind, path in good:
        if CORPUS in path.parents:
            continue
        found = re.search(r"^# yaml-language-server: \$schema=(\S+)$", path.read_text(encoding="utf-8"), re.M)
        named = (path.parent / found.group(1)).resolve() if found else None
        if named != ROOT / "docs" / "schema" / f"{kind}.schema.json":
            faults.append(f"{path.relative_to(ROOT)} does not name docs/schema/{kind}.schema.json")

    used = set()
    for folder, kind in [("broken", "workflow"), ("broken_connectors", "connector"), ("broken_people", "people"),
                         ("broken_configurations", "configuration"), ("../scenario/reports", "scenario")]:
        for path in sorted((CORPUS / folder).glob("*.yaml")):
            beside = folder in ("broken", "../scenario/reports")
            expected = path.with_suffix(".expected") if beside else path.with_name(path.name + ".expected")
            if not expected.exists():
                continue  # the corpus test tells
            text = expected.read_text(encoding="utf-8", errors="replace")
            codes = set(re.findall(r"error\[(CS\d+)\]", text))
            value = read(path)
            if value is None or codes & {"CS001", "CS002", "CS003", "CS004", "CS005", "CS006", "CS007"}:
                continue
            name = f"{folder}/{path.stem}"
            fault = fault_of(kind, value)
            if codes & STRUCTURAL:
                refused += 1
                if not fault and name not in SEEN_BY_THE_LOADER_ALONE:
                    faults.append(f"{name}: the loader refuses it ({', '.join(sorted(codes & STRUCTURAL))}), its schema does not")
                if not fault:
                    used.add(name)
            else:
                if fault and name not in REFUSED_FOR_ANOTHER_REASON:
                    faults.append(f"{name}: the loader finds nothing structural ({', '.join(sorted(codes))}), its schema: {fault}")
                if fault:
                    used.add(name)
    for name in (SEEN_BY_THE_LOADER_ALONE.keys() | REFUSED_FOR_ANOTHER_REASON.keys()) - used:
        faults.append(f"{name} is listed as an exception and is none any more")

    print("\n".join(faults))
    print(f"{accepted} files accepted by both, {refused} refused by both, {len(used)} exceptions, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
