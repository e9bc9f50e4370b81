"""The embedded cluster, ready for Knutpunkten: started, with roles, database and extensions."""

from pathlib import Path

import psycopg

from bringup.cluster import Cluster, start_cluster
from bringup.database_roles import OWNER, make_database, make_extensions, make_roles

DATABASE = "knutpunkten"


def owner_url(cluster: Cluster) -> str:
    """The owner's address of Knutpunkten's database in `cluster`."""
    return cluster.url(OWNER, DATABASE)


def start_embedded(place: Path, *, for_tests: bool = False, durable: bool = True) -> Cluster:
    """Start the cluster in `place` with everything Knutpunkten needs in it.

    `for_tests` lets the owner make databases and gives every new one the extensions. Raises Trouble.
    """
    cluster = start_cluster(place, durable=durable)
    try:
        prepare_embedded(cluster, for_tests=for_tests)
    except BaseException:
        cluster.stop()
        raise
    return cluster


def prepare_embedded(cluster: Cluster, *, for_tests: bool = False) -> None:
    """Make the roles, the database and the extensions, as far as they are not there."""
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as connection:
        make_roles(connection, owner_makes_databases=for_tests)
        make_database(connection, DATABASE)
    for database in (DATABASE, "template1") if for_tests else (DATABASE,):
        with psycopg.connect(cluster.url("postgres", database), autocommit=True) as connection:
            make_extensions(connection)
