"""Pictures are decoded and written anew: of the file that came nothing is left but what is seen."""

import io
import warnings

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from federation.files.refusals import NotTaken, broken

MOST_PIXELS = 40_000_000
JPEG, PNG = "JPEG", "PNG"
BEGINNINGS = {JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n"}
_MODES = {JPEG: {"L", "RGB"}, PNG: {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}}
# For every decoding in this process: what is larger raises before any pixel is made.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


def kind_of(data: bytes) -> str:
    """What the first bytes say it is; empty if no kind that is taken."""
    return next((kind for kind, start in BEGINNINGS.items() if data.startswith(start)), "")


def rewritten(data: bytes, kind: str, most_pixels: int = MOST_PIXELS) -> tuple[bytes, int]:
    """The first picture of the file, turned upright, with its pixels and nothing else.

    Positions, cameras, comments, profiles and further pictures end here. Also how many
    pixels there are.
    """
    if kind == PNG and b"IEND" not in data:
        raise broken()  # cut off where it hardly shows
    with _opened(data, kind) as image:
        pixels = image.width * image.height
        if pixels > most_pixels:
            raise _too_many_pixels()
        try:
            image.load()
        except (OSError, SyntaxError, ValueError, EOFError):
            raise broken() from None
        upright = _turned(image)
    transparency = upright.info.get("transparency") if kind == PNG else None
    upright.info = {} if transparency is None else {"transparency": transparency}
    if upright.mode not in _MODES[kind]:
        upright = upright.convert("RGBA" if kind == PNG else "RGB")
    out = io.BytesIO()
    upright.save(out, kind, **({"quality": 90} if kind == JPEG else {}))
    return out.getvalue(), pixels


def _turned(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except (ArithmeticError, LookupError, OSError, SyntaxError, TypeError, ValueError):
        # Notes beside a picture are often damaged; the picture is as good without.
        return image.copy()


def _opened(data: bytes, kind: str) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (OSError, SyntaxError, ValueError):
        raise broken() from None


def _too_many_pixels() -> NotTaken:
    return NotTaken(_("A picture has more than 40 million pixels. Make it smaller and try again."))


def without_notes(jpeg: bytes) -> bytes:
    """A JPEG that stands in another file, less what programs wrote beside the picture.

    The picture itself is not decoded. What is built otherwise than usual is given back empty.
    """
    kept, place = [jpeg[:2]], 2
    while jpeg[place : place + 1] == b"\xff":
        marker = jpeg[place + 1 : place + 2]
        if marker == b"\xff":
            place += 1  # filling
            continue
        length = int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if length < 2:
            break
        if marker == b"\xda":
            return b"".join([*kept, jpeg[place:]])
        # E0 and EE say how colours are stored; the other notes and comments go.
        if marker in b"\xe0\xee" or not (b"\xe0" <= marker <= b"\xef" or marker == b"\xfe"):
            kept.append(jpeg[place : place + 2 + length])
        place += 2 + length
    return b""
