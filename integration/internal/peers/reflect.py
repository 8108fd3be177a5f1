"""Reflects all tables of a database by PyHive's dialect of SQLAlchemy, and prints how many seconds it took.

usage: reflect.py HOST PORT DATABASE TABLES
"""

import sys
import time

from sqlalchemy import MetaData, create_engine

host, port, database, tables = sys.argv[1:]
engine = create_engine(f"hive://hive@{host}:{port}/{database}")
with engine.connect() as connection:
    start = time.perf_counter()
    meta = MetaData()
    meta.reflect(bind=connection)
    took = time.perf_counter() - start
if len(meta.tables) != int(tables):
    sys.exit(f"got {len(meta.tables)} tables, want {tables}")
print(took)
