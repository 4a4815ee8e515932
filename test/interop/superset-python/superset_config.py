"""Superset without a server: its own records in memory, nothing kept."""

SECRET_KEY = "of tests alone, and of no use elsewhere"
SQLALCHEMY_DATABASE_URI = "sqlite://"
NO_CACHE = {"CACHE_TYPE": "NullCache"}
CACHE_CONFIG = DATA_CACHE_CONFIG = FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = NO_CACHE
