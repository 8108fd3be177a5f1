"""Compiles the SELECT of bench_toolkit_test.go by SQLAlchemy's cache: once, or built anew each time.

usage: statement.py once|anew READINGS

Prints a line for each reading: the seconds that one statement took, on average of many.
"""

import sys
import time

from sqlalchemy import Column, Float, ForeignKey, Integer, MetaData, String, Table, func, or_, select
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

MANY = 1000

meta = MetaData()
airlines = Table("airlines", meta, Column("carrier", String(2), primary_key=True), Column("name", String))
flights = Table(
    "flights", meta, Column("month", Integer), Column("carrier", String(2), ForeignKey("airlines.carrier")),
    Column("origin", String), Column("dest", String), Column("dep_delay", Float),
)


def build():
    c = flights.c
    return (
        select(c.carrier, func.count().label("n"), func.avg(c.dep_delay).label("delay"))
        .join(airlines)
        .where(c.month.between(6, 8), or_(c.origin.in_(["JFK", "LGA"]), c.dest.is_(None)))
        .group_by(c.carrier)
        .having(func.count() > 1000)
        .order_by(func.avg(c.dep_delay).desc())
        .limit(10)
    )


mode, readings = sys.argv[1], int(sys.argv[2])
dialect, cache = DefaultDialect(), LRUCache(500)
fixed = build()

for _ in range(readings):
    start = time.perf_counter()
    for _ in range(MANY):
        statement = fixed if mode == "once" else build()
        compiled, extracted, _ = statement._compile_w_cache(dialect, compiled_cache=cache, column_keys=[])
        params = compiled.construct_params(extracted_parameters=extracted)
        compiled._process_parameters_for_postcompile(params)
    print((time.perf_counter() - start) / MANY)
