"""Reads a result with one of the Python clients, and prints for each time how many seconds it took.

usage: peer.py pyhive|impyla HOST PORT QUERY ROWS TIMES
"""

import sys
import time


def connect(client, host, port):
    if client == "pyhive":
        from pyhive import hive

        return hive.connect(host=host, port=port, username="hive", auth="NONE")
    from impala.dbapi import connect

    return connect(host=host, port=port, user="hive", password="x", auth_mechanism="PLAIN")


def main(client, host, port, query, rows, times):
    connection = connect(client, host, int(port))
    for _ in range(int(times)):
        start = time.monotonic()
        cursor = connection.cursor()
        cursor.arraysize = 10_000
        cursor.execute(query)
        got = 0
        while batch := cursor.fetchmany(10_000):
            got += len(batch)
        cursor.close()
        if got != int(rows):
            sys.exit(f"got {got} rows, want {rows}")
        print(time.monotonic() - start, flush=True)
    connection.close()


main(*sys.argv[1:])
