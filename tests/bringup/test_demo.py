"""`./dev demo` as a person meets it: it comes up, says where, and goes away whole."""

import os
import re
import signal
import smtplib
import socket
import stat
import urllib.request
from contextlib import suppress
from email import message_from_bytes
from pathlib import Path

import pytest

from bringup.demo import free_port
from tests.bringup.running_demo import processes_in, wait_until

pytestmark = pytest.mark.slow("starts PostgreSQL and a web server")


def test_it_comes_up_says_each_step_and_stops_on_ctrl_c(start, checkout):
    demo = start()
    address = demo.address()
    assert urllib.request.urlopen(f"{address}/").read() == b"Hej"
    code, printed = demo.interrupt()
    assert code == 0
    assert "Startar PostgreSQL … " in printed
    assert " s\n" in printed
    assert processes_in(checkout) == []


def test_each_command_runs_as_its_own_database_role(start):
    demo = start("--fresh")
    demo.address()
    wait_until(lambda: "worker worker" in (demo.var / "commands").read_text())
    assert sorted(set(demo.commands()) - {"collectstatic app"}) == ["migrate owner", "seed_demo app", "worker worker"]


def test_a_second_start_does_nothing_again_and_keeps_the_secret(start):
    demo = start()
    demo.address()
    secret = (demo.var / "secret-key").read_text()
    demo.interrupt()
    demo.commands()

    again = start()
    again.address()
    assert [command for command in again.commands() if "worker" not in command] == []
    assert (again.var / "secret-key").read_text() == secret
    assert stat.S_IMODE((again.var / "secret-key").stat().st_mode) == 0o600


def test_a_lost_world_is_noticed_and_made_anew(start):
    demo = start()
    demo.address()
    demo.query("INSERT INTO kept VALUES ('gammal')")
    demo.interrupt()
    demo.commands()

    fresh = start("--fresh")
    fresh.address()
    assert fresh.query("SELECT * FROM kept") == []
    assert {"migrate owner", "seed_demo app"} <= set(fresh.commands())


def test_two_at_once_in_one_checkout_the_second_says_so(start):
    start().address()
    second = start()
    code, printed = second.ends()
    assert (code, printed) == (1, "Demon körs redan i den här katalogen.\n")


def test_a_taken_port_gives_the_next_free_one(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = start("--port", str(port))
        assert int(demo.address().rsplit(":", 1)[1]) > port


def test_two_demos_begun_at_once_never_share_a_port():
    """The web lets others listen beside it, and listens long after its port is chosen: the choice itself is held."""
    first, claim = free_port(18_000)
    with claim:
        other, others_claim = free_port(18_000)
        others_claim.close()
        assert other > first
        with pytest.raises(OSError, match="Address already in use"), socket.create_server(("127.0.0.1", first)):
            pass
    again, claim = free_port(18_000)
    claim.close()
    assert again == first


@pytest.mark.parametrize("part", ["granian", "manage.py worker", "bringup.mail_sink", "postgres -D"])
def test_the_end_of_any_part_is_the_end_of_all(start, checkout, part):
    demo = start()
    demo.address()
    os.kill(process_of(checkout, part), signal.SIGKILL)
    code, printed = demo.ends()
    assert code == 1
    [log] = re.findall(r"slutade oväntat, så allt är stoppat: se (.*)\.\n", printed)
    assert Path(log).is_file()
    assert processes_in(checkout) == []


def test_after_kill_9_of_the_supervisor_nothing_is_left_and_nothing_lost(start, checkout):
    demo = start()
    address = demo.address()
    demo.query("INSERT INTO kept VALUES ('kvar')")
    demo.process.kill()
    # At once: the new one waits for the old ones to go, and so gets the same port again.
    again = start()
    assert again.address() == address
    assert ("kvar",) in again.query("SELECT * FROM kept")


def test_after_kill_9_of_everything_at_once_the_next_start_works(start, checkout):
    demo = start()
    address = demo.address()
    demo.query("INSERT INTO kept VALUES ('ännu kvar')")
    for process in processes_in(checkout):
        with suppress(ProcessLookupError):  # some go by themselves, when what started them is gone
            os.kill(process, signal.SIGKILL)
    demo.ends()
    again = start()
    assert again.address() == address
    assert ("ännu kvar",) in again.query("SELECT * FROM kept")


def test_a_failing_step_stops_all_and_shows_what_it_said(start, checkout):
    manage = checkout / "manage.py"
    whole = manage.read_text()
    lock = checkout / "requirements.lock"
    of_old = lock.read_text()
    manage.write_text(whole + "if command == 'seed_demo': sys.exit('Personerna fattas')\n")
    try:
        code, printed = start("--fresh").ends()
        assert code == 1
        assert "Personerna fattas" in printed
        assert "seed_demo gick inte att köra." in printed
        assert processes_in(checkout) == []
        manage.write_text(whole)
        # What was half made is not taken for whole.
        again = start()
        again.address()
        assert "seed_demo app" in again.commands()
        assert "--fresh" not in printed, "it was"
        again.interrupt()

        manage.write_text(whole + "if command == 'seed_demo': sys.exit('Personerna fattas')\n")
        lock.write_text(f"{of_old}# another version\n")
        _, printed = start().ends()
        assert "Världen i var/ är gjord av en annan version. Börja om med en ny: ./dev demo --fresh" in printed
    finally:
        manage.write_text(whole)
        lock.write_text(of_old)


def test_mail_sent_becomes_a_file_with_the_very_message(start, checkout):
    demo = start()
    demo.address()
    host, port = environment_of(process_of(checkout, "manage.py worker"))["KNUTPUNKTEN_SMTP"].split(":")
    assert host == "127.0.0.1"
    with smtplib.SMTP(host, int(port)) as smtp:
        smtp.sendmail("fran@kommun.example", ["till@region.example"], "Subject: Hej\r\n\r\nSvensk text: åäö".encode())
    (kept,) = (demo.var / "post").glob("*.eml")
    message = message_from_bytes(kept.read_bytes())
    assert message["Subject"] == "Hej"
    assert "åäö" in kept.read_text()
    kept.unlink()


def process_of(checkout, part):
    """The first process of `checkout` whose command line holds `part`."""
    return min(
        process
        for process in processes_in(checkout)
        if part in Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    )


def environment_of(process):
    """The variables `process` was started with."""
    lines = Path(f"/proc/{process}/environ").read_text().split("\0")
    return dict(line.split("=", 1) for line in lines if "=" in line)
