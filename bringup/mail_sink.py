"""A real SMTP server that keeps what it gets: each message becomes one `.eml` file.

`python -m bringup.mail_sink DESCRIPTOR FOLDER`, where DESCRIPTOR is a bound socket inherited from the starter.
"""

import asyncio
import signal
import socket
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Writes each message to `folder`, whole or not at all: `<UTC time>-<uuid>.eml`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one message and acknowledge it only when it is on disk."""
        assert isinstance(envelope.content, bytes)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{uuid.uuid4()}"
        # Readers look for *.eml, so they never meet half a message.
        half = self.folder / f".{name}.half"
        half.write_bytes(envelope.content)
        half.rename(self.folder / f"{name}.eml")
        return "250 OK"


async def serve(listening: socket.socket, folder: Path) -> None:
    """Receive mail on `listening` until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keeper = Keeper(folder)
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", enable_SMTPUTF8=True, loop=loop), sock=listening
    )
    await stopping.wait()
    server.close()


def listening_socket() -> socket.socket:
    """A socket for the sink on a free loopback port, to be passed to it by descriptor."""
    return socket.create_server(("127.0.0.1", 0))


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])))
