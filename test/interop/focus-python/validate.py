"""Holds a file against the rules of FOCUS 1.2 that the validator of the FinOps Foundation brings along; prints JSON.

Usage: validate.py FILE CRITERION...   where a criterion is what the provider supports, by the names of the specification
"""

import contextlib
import json
import os
import sys

import focus_validator
from focus_validator.validator import Validator

path, *criteria = sys.argv[1:]
path = os.path.abspath(path)
# It looks for its own list of currencies below the working directory.
os.chdir(os.path.dirname(os.path.dirname(focus_validator.__file__)))
with contextlib.redirect_stdout(sys.stderr):
    validator = Validator(
        data_filename=path,
        output_type="console",
        output_destination=None,
        rules_version="1.2.0.1",
        focus_dataset="CostAndUsage",
        rules_block_remote_download=True,
        applicability_criteria=",".join(criteria),
    )
    results = validator.validate()

def alternatives():
    """Rules that are one way of several, another of which holds: they need not hold themselves."""
    for rule, entry in results.by_rule_id.items():
        requirement = results.rules[rule].validation_criteria.requirement
        if entry.get("ok") and requirement.get("CheckFunction") == "OR":
            for item in requirement["Items"]:
                yield item.get("ModelRuleId")


other_ways = set(alternatives())
outcomes = {"passed": 0, "skipped": 0, "failed": {}}
for rule, entry in results.by_rule_id.items():
    details = entry.get("details") or {}
    if details.get("skipped"):
        outcomes["skipped"] += 1
    elif entry.get("ok") or rule in other_ways:
        outcomes["passed"] += 1
    else:
        outcomes["failed"][rule] = str(details.get("message"))
print(json.dumps({**outcomes, "model": results.model_version, "rows": results.data_row_count}))
