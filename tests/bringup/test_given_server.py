"""DATABASE_URL: what the server lacks is said in one plain sentence, and nobody's database is filled by mistake."""

import psycopg
import pytest

from bringup.cluster import start_cluster
from bringup.demo_database import MARK, mark
from bringup.given_server import prepare_given
from bringup.trouble import Trouble

pytestmark = pytest.mark.slow("starts PostgreSQL")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    running = start_cluster(tmp_path_factory.mktemp("given"), durable=False)
    yield running
    running.stop()


@pytest.fixture
def server(cluster):
    """Runs statements as superuser; whatever they made is gone after the test."""

    def run(*statements):
        with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    yield run
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE oid >= 16384").fetchall():
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        # All at once, since they have granted each other memberships.
        made = [name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE oid >= 16384")]
        if made:
            connection.execute(f"DROP ROLE {', '.join(made)}")


def test_a_user_who_may_gets_everything_made_and_may_act_as_each_role(cluster, server):
    server("CREATE ROLE anna LOGIN CREATEROLE CREATEDB")
    url = prepare_given(cluster.url("anna", "provning"))
    assert url == cluster.url("anna", "provning")
    for role in ("owner", "app", "worker"):
        with psycopg.connect(url, options=f"-c role=knutpunkten_{role}") as connection:
            assert connection.execute("SELECT current_user").fetchone() == (f"knutpunkten_{role}",)
    with psycopg.connect(url, options="-c role=knutpunkten_owner") as connection:
        connection.execute("CREATE TABLE made (word text)")
        connection.execute("GRANT CREATE ON SCHEMA public TO knutpunkten_search")
        connection.execute("CREATE FUNCTION found() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        connection.execute("ALTER FUNCTION found() OWNER TO knutpunkten_search")
        names = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    assert {"btree_gist", "pg_trgm"} <= names


def test_it_can_be_prepared_again(cluster, server):
    server("CREATE ROLE anna LOGIN CREATEROLE CREATEDB")
    prepare_given(cluster.url("anna", "provning"))
    with psycopg.connect(prepare_given(cluster.url("anna", "provning"))) as connection:
        assert mark(connection) == MARK


def test_no_database_named_means_knutpunkten(cluster, server):
    server("CREATE ROLE anna LOGIN SUPERUSER")
    with psycopg.connect(prepare_given(cluster.url("anna", ""))) as connection:
        assert connection.info.dbname == "knutpunkten"


@pytest.mark.parametrize("address", ["anna:hemligt@minserver/databas", "mysql://anna:hemligt@minserver/databas"])
def test_something_else_than_an_address(address):
    with pytest.raises(Trouble, match="inte en adress till PostgreSQL") as told:
        prepare_given(address)
    assert "hemligt" not in str(told.value)


@pytest.mark.parametrize(
    "password",
    ["hemligt ord", "hemligt%", "hemligt%zz", "hem#hemligt", "hem/hemligt", "hem?hemligt", "hem@hemligt", "[hemligt"],
)
def test_a_password_that_no_address_can_hold_as_it_is(password):
    with pytest.raises(Trouble, match="i lösenordet som %-koder") as told:
        prepare_given(f"postgresql://anna:{password}@127.0.0.1:1/provning")
    assert "hemligt" not in str(told.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_that_does_not_answer(host):
    """The second may be asked at two addresses; one reason is told."""
    with pytest.raises(Trouble) as told:
        prepare_given(f"postgresql://anna:hemligt%20%25@{host}:1/provning")
    assert str(told.value) == "Det gick inte att ansluta till servern i DATABASE_URL: Connection refused."


def test_an_old_version(cluster, server, monkeypatch):
    monkeypatch.setattr("bringup.given_server.OLDEST", 19)
    with pytest.raises(Trouble, match="kör PostgreSQL 18, men Knutpunkten behöver version 19 eller senare"):
        prepare_given(cluster.url("postgres", "provning"))


def test_a_user_who_may_not_make_roles(cluster, server):
    server("CREATE ROLE bo LOGIN CREATEDB")
    with pytest.raises(Trouble, match="bo i DATABASE_URL får inte skapa roller: ge den CREATEROLE"):
        prepare_given(cluster.url("bo", "provning"))


def test_roles_made_by_somebody_else_that_the_user_is_no_member_of(cluster, server):
    server(
        "CREATE ROLE bo LOGIN CREATEDB",
        *(f"CREATE ROLE knutpunkten_{name} LOGIN" for name in ("owner", "app", "worker", "search")),
    )
    with pytest.raises(Trouble, match="bo i DATABASE_URL får inte agera som knutpunkten_owner"):
        prepare_given(cluster.url("bo", "provning"))


def test_roles_made_by_somebody_else_that_the_user_is_a_member_of_will_do(cluster, server):
    server(
        "CREATE ROLE bo LOGIN CREATEDB",
        *(f"CREATE ROLE knutpunkten_{name} LOGIN" for name in ("owner", "app", "worker", "search")),
        "GRANT knutpunkten_app, knutpunkten_worker, knutpunkten_search TO knutpunkten_owner",
        "GRANT knutpunkten_owner, knutpunkten_app, knutpunkten_worker TO bo",
    )
    prepare_given(cluster.url("bo", "provning"))


def test_a_user_who_may_not_make_the_database(cluster, server):
    server("CREATE ROLE bo LOGIN CREATEROLE")
    with pytest.raises(Trouble, match="bo i DATABASE_URL får inte skapa databasen provning: ge den CREATEDB"):
        prepare_given(cluster.url("bo", "provning"))


def test_somebody_elses_database(cluster, server):
    server("CREATE ROLE bo LOGIN CREATEROLE", "CREATE DATABASE provning")
    with pytest.raises(Trouble, match="bo i DATABASE_URL äger inte databasen provning"):
        prepare_given(cluster.url("bo", "provning"))


def test_a_database_with_something_in_it_is_left_alone(cluster, server):
    server("CREATE ROLE bo LOGIN CREATEROLE", "CREATE DATABASE provning OWNER bo")
    with psycopg.connect(cluster.url("bo", "provning")) as connection:
        connection.execute("CREATE TABLE viktigt (ord text)")
    with pytest.raises(Trouble, match="varken tom eller en demo"):
        prepare_given(cluster.url("bo", "provning"))


def test_a_database_not_in_utf_8(cluster, server):
    server("CREATE DATABASE provning ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
    with pytest.raises(Trouble, match="inte i UTF-8"):
        prepare_given(cluster.url("postgres", "provning"))


def test_a_server_without_an_extension(cluster, server, monkeypatch):
    monkeypatch.setattr("bringup.given_server.EXTENSIONS", ("btree_gist", "finns_inte"))
    with pytest.raises(Trouble, match="saknar tilläggen finns_inte: de finns i paketet postgresql-contrib"):
        prepare_given(cluster.url("postgres", "provning"))
