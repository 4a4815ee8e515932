"""Reads a Parquet file with two implementations that are not ours and prints what they see as JSON.

Every value is text: decimals with their digits, times in UTC. Usage: read.py FILE
"""

import json
import sys

import duckdb
import pyarrow.compute
import pyarrow.parquet

path = sys.argv[1]
file = pyarrow.parquet.ParquetFile(path)
table = file.read()
decimals = [field.name for field in table.schema if pyarrow.types.is_decimal(field.type)]
duckdb.sql("SET TimeZone = 'UTC'")
relation = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")


def text(value):
    return None if value is None else str(value)


print(
    json.dumps(
        {
            "types": {field.name: str(field.type) for field in table.schema},
            "pyarrow": [{name: text(value) for name, value in row.items()} for row in table.to_pylist()],
            "duckdb": [dict(zip(relation.columns, map(text, row))) for row in relation.fetchall()],
            "sums": {
                name: [
                    text(pyarrow.compute.sum(table[name]).as_py()),
                    text(duckdb.sql(f"SELECT sum(\"{name}\") FROM read_parquet('{path}')").fetchall()[0][0]),
                ]
                for name in decimals
            },
            "metadata": {
                key.decode(): json.loads(value)
                for key, value in (file.metadata.metadata or {}).items()
                if key != b"ARROW:schema"
            },
            "createdBy": file.metadata.created_by,
        }
    )
)
