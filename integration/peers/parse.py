"""Reads a JSON list of HiveQL statements, and writes a JSON list with what sqlglot has against each, null for nothing."""

import json
import logging
import sys

import sqlglot

logging.disable(logging.CRITICAL)


def fault(statement):
    try:
        sqlglot.parse_one(statement, read="hive")
    except sqlglot.errors.SqlglotError as e:
        return str(e).splitlines()[0]


json.dump([fault(s) for s in json.load(sys.stdin)], sys.stdout)
