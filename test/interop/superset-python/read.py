"""Reads views as Apache Superset does: finds them, makes a data set of each, and asks it for a chart, as JSON.

read.py CONNECTION QUESTIONS: QUESTIONS is JSON, a list of {view, columns, sums, day?}; a sum is a column's name.
"""

import json
import sys
from datetime import datetime, timedelta, timezone

from superset.app import create_app

connection, questions = sys.argv[1], json.loads(sys.argv[2])
SCHEMA = "analytics"


def ask(database, question):
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db

    data_set = SqlaTable(table_name=question["view"], schema=SCHEMA, database=database)
    db.session.add(data_set)
    data_set.fetch_metadata()
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    day = question.get("day")
    result = data_set.query(
        {
            "columns": question["columns"],
            "metrics": [
                {
                    "expressionType": "SIMPLE",
                    "column": {"column_name": name},
                    "aggregate": "SUM",
                    "label": name,
                }
                for name in question["sums"]
            ],
            "granularity": day,
            "from_dttm": now - timedelta(days=30) if day else None,
            "to_dttm": now + timedelta(days=1) if day else None,
            "is_timeseries": False,
            "filter": [],
            "extras": {},
            "orderby": [],
            "row_limit": 1000,
        }
    )
    if result.error_message:
        raise RuntimeError(result.error_message)
    return {
        "times": sorted(column.column_name for column in data_set.columns if column.is_dttm),
        "rows": json.loads(result.df.to_json(orient="records", double_precision=15)),
    }


app = create_app()
with app.app_context():
    from superset.extensions import db
    from flask_appbuilder import Model
    from superset.models.core import Database

    Model.metadata.create_all(db.engine)
    database = Database(database_name="outcomes", sqlalchemy_uri=connection)
    database.set_sqlalchemy_uri(connection)
    db.session.add(database)
    db.session.flush()
    views = database.get_all_view_names_in_schema(catalog=None, schema=SCHEMA)
    tables = database.get_all_table_names_in_schema(catalog=None, schema=SCHEMA)
    print(
        json.dumps(
            {
                "views": sorted(view[0] for view in views),
                "tables": sorted(table[0] for table in tables),
                "answers": [ask(database, question) for question in questions],
            }
        )
    )
