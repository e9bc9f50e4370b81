"""What stops a bring-up, as one Swedish sentence for the person at the keyboard."""


class Trouble(Exception):
    """Something a person must know or mend. `str(error)` is the whole sentence; the command ends with 1."""
