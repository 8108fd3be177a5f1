"""Reads a JSON list of HiveQL statements, and writes a JSON list with what sqlglot has against each, null for nothing.

Of some statements sqlglot reads the first word only, and keeps the others as text. That is against one, too: "unread".
"""

import json
import logging
import sys

import sqlglot

logging.disable(logging.CRITICAL)


def fault(statement):
    try:
        return "unread" if sqlglot.parse_one(statement, read="hive").find(sqlglot.exp.Command) else None
    except sqlglot.errors.SqlglotError as e:
        return str(e).splitlines()[0]


json.dump([fault(s) for s in json.load(sys.stdin)], sys.stdout)
