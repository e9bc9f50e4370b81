"""docs/operations.md, followed to the letter: from an empty server to the first real case, without the demo."""

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bringup.children import start_child, stop_child
from bringup.cluster import Cluster, start_cluster
from bringup.mail_sink import listening_socket
from bringup.unprivileged import PACKAGE
from tests.accounts.conftest import code_now
from tests.conftest import ROOT
from tests.journeys.axe import Axe
from tests.journeys.conftest import PYTHON
from tests.journeys.passing_time import the_minute_is_over

WHOLE = (ROOT / "docs" / "operations.md").read_text()
DOCUMENT = WHOLE.partition("## What it is made of")[0]
PROVING = WHOLE.partition("## The log, and proving it")[2]
KEEPING = WHOLE.partition("## Backup and restore")[2]
PASSWORD = "granit moln sju björkar"
PICTURES = os.environ.get("KNUTPUNKTEN_ALBUM", "")


def blocks(language: str, document: str = DOCUMENT) -> list[str]:
    """The document's blocks of one language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", document, flags=re.S)


@dataclass
class Installation:
    """What the document makes, in another folder, on another port, with its mail kept where the test can read it."""

    folder: Path
    cluster: Cluster
    origin: str
    smtp: str
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def make_database(self) -> None:
        """Chapter 1, on a server whose own log is as PostgreSQL has it: it quotes."""
        first, inside = blocks("sql")[:2]
        with psycopg.connect(self.cluster.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute("alter role all set log_error_verbosity = 'default'")
            connection.execute("alter role all set log_min_error_statement = 'error'")
        for database, statements in (("postgres", first), ("knutpunkten", inside)):
            with psycopg.connect(self.cluster.url("postgres", database), autocommit=True) as connection:
                for statement in filter(str.strip, statements.split(";")):
                    connection.execute(statement)  # type: ignore[arg-type]

    def write_settings(self) -> None:
        """Chapter 2: the files as they stand, and in ``here.env`` what must differ on this machine."""
        common, *parts = blocks("ini")[:4]
        (self.folder / "common.env").write_text(common)
        for name, text in zip(("owner", "web", "worker"), parts, strict=True):
            (self.folder / f"{name}.env").write_text(text)
        self.put("common", "KNUTPUNKTEN_VAR", str(self.folder / "var"))
        self.run(blocks("sh")[0].splitlines()[0])
        self.put("common", "KNUTPUNKTEN_SECRET_KEY", self.make_key())
        for name in ("owner", "web", "worker"):
            user = {"web": "app"}.get(name, name)
            self.put(name, "KNUTPUNKTEN_DATABASE_URL", self.cluster.url(f"knutpunkten_{user}", "knutpunkten"))

    def make_key(self) -> str:
        """By the line that the document gives for it."""
        [line] = re.findall(r"`python3 -c (\"import secrets.*\")`", DOCUMENT)
        return self.run(f".venv/bin/python -c {line}").strip()

    def put(self, name: str, key: str, value: str) -> None:
        """Change a value that the document gives; it must stand there."""
        path = self.folder / f"{name}.env"
        text, changed = re.subn(rf"^{key}=.*$", f'{key}="{value}"', path.read_text(), flags=re.M)
        assert changed == 1, f"{key} does not stand in {name}.env"
        path.write_text(text)

    def run(self, commands: str) -> str:
        """Run lines of the document, in the program's folder; answers what they printed."""
        surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("KNUTPUNKTEN", "DATABASE", "DJANGO"))}
        surroundings |= {
            "PATH": f"{PACKAGE / 'pginstall/bin'}:{os.environ['PATH']}",
            "PGHOST": str(self.cluster.sockets),
        }
        here = {
            "/etc/knutpunkten": self.folder,
            "-o knutpunkten -m 755 /var/lib/knutpunkten": f"-m 755 {self.folder / 'var'}",
            ".venv/bin/python": PYTHON,
            "PGHOST=127.0.0.1": "",
            "knutpunkten.dump": self.folder / "dump",
            "/kept": self.folder / "kept",
        }
        for there, instead in here.items():
            commands = commands.replace(there, str(instead))
        command = ["sh", "-euc", commands]
        done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run_as(self, commands: str) -> str:
        """Run lines that begin with ``as``, which the chapter on tables says what is."""
        [line] = re.findall(r"^as\(\) .*", DOCUMENT, flags=re.M)
        return self.run(f"{line}\n{commands}")

    def save_and_restore(self) -> str:
        """The chapter on backups; answers how many cases the web's role is told of in what was restored."""
        save, make, restore, see = blocks("sh", KEEPING)
        self.run(save)
        self.run(f"export PGUSER=postgres\n{make}")
        self.run(restore)
        self.put("owner", "KNUTPUNKTEN_DATABASE_URL", self.cluster.url("knutpunkten_owner", "knutpunkten_restored"))
        return self.run_as(see).split()[-1]

    def prove_the_log(self) -> str:
        """Against the seals that are kept elsewhere; answers what is said."""
        (self.folder / "kept").mkdir()
        _, *sealed_and_proven = blocks("sh", PROVING)[0].splitlines()
        return self.run_as("\n".join(sealed_and_proven))

    def start(self, service: str, line: str) -> None:
        """Start what a service's ``ExecStart`` says, with that service's settings."""
        [command] = re.findall(rf"^ExecStart=/srv/knutpunkten/.venv/bin/({line}.*)$", DOCUMENT, flags=re.M)
        command = command.replace("--port 8000", f"--port {self.origin.rpartition(':')[2]}")
        shell = 'set -a; . "$0/common.env"; . "$0/$1.env"; exec $2'
        env = {k: v for k, v in os.environ.items() if not k.startswith(("KNUTPUNKTEN", "DATABASE", "DJANGO"))}
        started = ["sh", "-euc", shell, str(self.folder), service, f"{PYTHON.parent}/{command}"]
        self.children.append(start_child(started, env=env, cwd=ROOT))

    def round_now(self) -> None:
        """A round of mail at once; that the worker has begun its own is seen first."""
        address = self.cluster.url("postgres", "knutpunkten")
        with psycopg.connect(address) as connection:
            own = "select 1 from procrastinate_periodic_defers where task_name = 'send_mail'"
            assert connection.execute(own).fetchone(), "the worker's minutes have not begun"
        the_minute_is_over(address)

    def mail_to(self, address: str, patience: float = 90.0) -> str:
        """The link in the mail to *address*."""
        self.round_now()
        give_up_at = time.monotonic() + patience
        while time.monotonic() < give_up_at:
            for path in (self.folder / "post").glob("*.eml"):
                message = message_from_bytes(path.read_bytes(), policy=policy.default)
                if message["To"] == address:
                    return re.search(r"http\S+", message.get_content()).group()  # type: ignore[union-attr]
            time.sleep(0.3)
        raise AssertionError(f"no mail came to {address}")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    cluster = start_cluster(tmp_path / "postgres", durable=False)
    post, web = listening_socket(), listening_socket()
    made = Installation(
        tmp_path,
        cluster,
        f"http://localhost:{web.getsockname()[1]}",
        f"127.0.0.1:{post.getsockname()[1]}",
    )
    web.close()
    sink: list[str | Path] = [PYTHON, "-m", "bringup.mail_sink", str(post.fileno()), tmp_path / "post"]
    made.children.append(start_child(sink, env=dict(os.environ), cwd=ROOT, keep_open=[post.fileno()]))
    post.close()
    yield made
    for child in reversed(made.children):
        stop_child(child)
    cluster.stop()


@dataclass
class Newcomer:
    """Somebody at a browser of their own, with a machine that can hold passkeys."""

    context: BrowserContext
    page: Page
    origin: str
    look: Callable[[Page], None]
    pictures: int = 0

    @classmethod
    def at(cls, context: BrowserContext, origin: str, look: Callable[[Page], None]) -> "Newcomer":
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        machine = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        options = machine | {"isUserVerified": True, "automaticPresenceSimulation": True}
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return cls(context, page, origin, look)

    def see(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.look(self.page)
        if PICTURES:
            self.pictures += 1
            for width in (1280, 390):
                self.page.set_viewport_size({"width": width, "height": 900})
                name = re.sub(r"\W+", "-", heading)
                self.page.screenshot(
                    path=f"{PICTURES}/{id(self) % 97:02}-{self.pictures:02}-{name}-{width}.png", full_page=True
                )
            self.page.set_viewport_size({"width": 1280, "height": 900})

    def press(self, button: str) -> None:
        self.page.locator("main").get_by_role("button", name=button).click()

    def open_account(self, link: str) -> None:
        self.page.goto(link)
        self.see("Välj ett lösenord")
        self.page.get_by_label("Nytt lösenord").fill(PASSWORD)
        self.page.get_by_label("Samma lösenord en gång till").fill(PASSWORD)
        self.press("Öppna kontot")
        self.see("Lägg till ett andra steg")

    def add_passkey(self) -> None:
        self.page.get_by_role("link", name="Välj passernyckel").click()
        self.see("Passernyckel")
        self.press("Skapa passernyckeln")
        self.keep_codes()

    def add_app(self) -> str:
        """The secret that the app keeps."""
        self.page.get_by_role("link", name="Välj app").click()
        self.see("App med koder")
        self.page.get_by_text("Går den inte att läsa av?").click()
        key = self.page.locator("code")
        expect(key).to_be_visible()  # before the fold has opened, its words read as none
        secret = key.inner_text()
        self.page.get_by_label("Koden som appen visar").fill(code_now(secret))
        self.press("Lägg till")
        self.keep_codes()
        return secret

    def keep_codes(self) -> None:
        self.see("Reservkoder")
        expect(self.page.locator(".codes li")).to_have_count(10)
        self.page.get_by_role("link", name="Jag har sparat dem").click()

    def sign_out(self) -> None:
        menu = self.page.locator("details.me summary")
        if menu.count():
            menu.click()
        self.page.get_by_role("button", name="Logga ut").first.click()
        self.see("Logga in")

    def sign_in_by_passkey(self) -> None:
        self.press("Logga in med passernyckel")
        expect(self.page.get_by_role("button", name="Logga ut").first).to_be_attached()

    def prove_it_by_passkey(self) -> None:
        """What one is asked a quarter of an hour after signing in, before what one's sign-in is made of is changed."""
        self.page.goto(f"{self.origin}/min-inloggning/igen/passernyckel/?next=/min-inloggning/reservkoder/")
        self.see("Visa att det är du")
        self.press("Använd passernyckel")
        self.see("Reservkoder")

    def set_up(self, kind: str, /, **values: str) -> None:
        """A row in *Inställningar*, by the fields' names; lists by the words one chooses."""
        self.page.goto(f"{self.origin}/installningar/organisations/{kind}/add/")
        for name, value in values.items():
            place = self.page.locator(f"[name={name}]")
            if place.evaluate("e => e.tagName") == "SELECT":
                place.select_option(label=value)
            else:
                place.fill(value)
        self.page.locator("[name=_save]").click()
        expect(self.page.locator(".errornote")).to_have_count(0)

    def invite(self, email: str) -> None:
        self.page.goto(f"{self.origin}/installningar/organisations/user/?q={email}")
        self.page.locator("#result_list tbody th a").click()
        self.page.get_by_role("button", name="Skicka inbjudan").click()
        expect(self.page.locator("body")).to_contain_text("Inbjuden. Länken gäller till")


@pytest.mark.slow("a database, a site and two browsers of its own")
def test_the_document_leads_from_an_empty_server_to_the_first_case(
    installation: Installation, open_browser: Callable[[], BrowserContext], axe: Axe, complaints: list[str]
) -> None:
    # given an empty server, with the database, the settings and the tables as the document says
    installation.make_database()
    installation.write_settings()
    *_, steps, new_day, new_link = blocks("sh")
    assert link_in(installation.run(steps))

    # and the first link is lost, so another is made
    link = link_in(installation.run_as(new_link))

    # and web and worker started; the address and the mail server are this machine's
    installation.put("common", "KNUTPUNKTEN_ORIGIN", installation.origin)
    installation.put("common", "KNUTPUNKTEN_SMTP", installation.smtp)
    for key in ("KNUTPUNKTEN_SMTP_TLS", "KNUTPUNKTEN_SMTP_USER", "KNUTPUNKTEN_SMTP_PASSWORD"):
        installation.put("common", key, "")
    installation.start("web", "granian ")
    installation.start("worker", "python manage.py worker")

    # when the administrator opens the account with the link, and sets everything up
    alva = Newcomer.at(open_browser(), installation.origin, axe)
    wait_for(installation.origin)
    alva.open_account(installation.origin + link)
    alva.add_passkey()
    alva.sign_out()
    alva.sign_in_by_passkey()
    alva.prove_it_by_passkey()
    set_everything_up(alva)
    installation.run_as(new_day)

    # then an invited caseworker opens theirs, and begins the first case
    johan = Newcomer.at(open_browser(), installation.origin, axe)
    johan.open_account(installation.mail_to("johan.wik@kommun.test"))
    secret = johan.add_app()
    begin_first_case(johan)
    johan.sign_out()

    # and comes back another day with password and code
    johan.page.get_by_label("E-postadress").fill("johan.wik@kommun.test")
    johan.page.get_by_label("Lösenord").fill(PASSWORD)
    johan.page.get_by_role("button", name="Logga in", exact=True).click()
    johan.see("Visa att det är du")
    johan.page.get_by_label("Kod", exact=True).fill(code_now(secret))
    johan.press("Fortsätt")
    johan.page.get_by_role("link", name="Ärenden", exact=True).first.click()
    expect(johan.page.locator("main")).to_contain_text("Majken Öberg")

    # and the log is proven against what is kept elsewhere
    assert "Inget är ändrat." in installation.prove_the_log()

    # and what is kept of it can be restored, with its wall
    assert installation.save_and_restore() == "0"
    with psycopg.connect(installation.cluster.url("knutpunkten_owner", "knutpunkten_restored")) as connection:
        assert connection.execute("select count(*) from cases_case").fetchone() == (1,)


def link_in(said: str) -> str:
    [link] = re.findall(r"https://knutpunkten\.kommun\.test(/inbjudan/\S+)", said)
    return str(link)


def wait_for(origin: str, patience: float = 60.0) -> None:
    give_up_at = time.monotonic() + patience
    while subprocess.run(["curl", "-sf", "--noproxy", "*", "-o", "/dev/null", f"{origin}/logga-in/"]).returncode:
        assert time.monotonic() < give_up_at, "the site never served"
        time.sleep(0.2)


def set_everything_up(alva: Newcomer) -> None:
    forbund = "Samordningsförbundet"
    alva.set_up("agency", association=forbund, name="Västerviks kommun", kind="Kommun", mark="VK")
    alva.set_up("agency", association=forbund, name="Knutpunkten", kind="Insats", mark="KP")
    alva.set_up("unit", agency="Västerviks kommun", name="Försörjningsstöd")
    alva.set_up("unit", agency="Knutpunkten", name="Knutpunkten")
    alva.set_up(
        "programme",
        name="Knutpunkten",
        association=forbund,
        host="Västerviks kommun",
        team="Knutpunkten",
        address="Storgatan 1, Västervik",
        meeting_place="Stora salen",
    )
    today = "2026-01-01"
    for name, email, role, programme, unit in (
        ("Johan Wik", "johan.wik@kommun.test", "Handläggare", "", "Västerviks kommun, Försörjningsstöd"),
        ("Nadja Berg", "nadja.berg@kommun.test", "Representant", "", "Västerviks kommun, Försörjningsstöd"),
        ("Karin Hallgren", "karin.hallgren@knutpunkten.test", "Samordnare", "Knutpunkten", "Knutpunkten"),
    ):
        alva.set_up("user", email=email, name=name)
        more = {"programme": programme} if programme else {}
        alva.set_up("membership", user=name, role=role, unit=unit, starts_on=today, **more)
    alva.set_up(
        "contact",
        programme="Knutpunkten",
        kind="Samverkansärende",
        unit="Västerviks kommun, Försörjningsstöd",
        representative="Nadja Berg",
    )
    alva.set_up(
        "routinedocument",
        programme="Knutpunkten",
        which="Dataskyddsinformation",
        on_date=today,
        by_whom="Alva Lind",
        text="Så behandlar vi dina uppgifter.",
    )
    alva.invite("johan.wik@kommun.test")


def begin_first_case(johan: Newcomer) -> None:
    johan.page.goto(f"{johan.origin}/studiebesok/boka/")
    expect(johan.page.locator("main")).to_contain_text("13:00–14:00")
    johan.page.goto(f"{johan.origin}/arenden/ny/")
    main = johan.page.locator("main")
    main.locator("[name=number]").fill("19851208-9882")
    main.locator("[name=first_name]").fill("Majken")
    main.locator("[name=last_name]").fill("Öberg")
    protected = main.get_by_role("group", name="Har personen skyddade personuppgifter?")
    protected.get_by_label("Nej", exact=True).check()
    johan.press("Fortsätt")
    main.locator("[name=is_checked]").check()
    main.locator("button[name=confirm]").click()
    expect(johan.page).to_have_url(re.compile(r"/arenden/[0-9a-f-]{36}/remiss"))
    expect(main).to_contain_text("Majken Öberg")
