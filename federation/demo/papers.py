"""Documents for invented applicants: a page that says so, made anew each time."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

PAGE = (620, 877)  # an A4 page at 75 dots an inch


def paper(name: str) -> SimpleUploadedFile:
    """A file as an applicant would hand it in; PDF or an image, as the name ends."""
    page = Image.new("RGB", PAGE, "white")
    words = f"{name}\n\nInvented for the demonstration.\nNothing of this exists."
    ImageDraw.Draw(page).multiline_text((60, 80), words, fill="black")
    kind = name.rpartition(".")[2].upper()
    held = BytesIO()
    page.save(held, "JPEG" if kind == "JPG" else kind)
    return SimpleUploadedFile(name, held.getvalue())
