"""Reference numbers that can be read over the telephone, with a check character.

Eight characters of an alphabet without look-alikes, the last of them computed from the
others, so that a slip in one character, or two neighbours exchanged, is noticed.
"""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31 characters, a prime number
LENGTH = 8


def _check(body: str) -> str:
    """Weighted sum modulo 31: a prime above the length, so single slips and swaps change it."""
    return ALPHABET[sum(place * ALPHABET.index(sign) for place, sign in enumerate(body, 2)) % 31]


def new_reference() -> str:
    """For example `4K7P-29WX`; 31**7 of them, so none is guessed."""
    body = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH - 1))
    return dashed(body + _check(body))


def dashed(text: str) -> str:
    return f"{text[:4]}-{text[4:]}"


def normal(text: str) -> str | None:
    """The reference as we write it, or None where the text cannot be one."""
    # Dashes, blanks, and the invisible marks of direction that come along from Arabic pages.
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    known = len(signs) == LENGTH and all(sign in ALPHABET for sign in signs)
    return dashed(signs) if known and _check(signs[:-1]) == signs[-1] else None
