"""Draws the test pages. Needs Pillow and Debian's fonts-arphic-ukai and fonts-wqy-zenhei.

Every name and number in them is invented.
"""

import os
import sys

from PIL import Image, ImageDraw, ImageFont

FONTS = "/usr/share/fonts/truetype/"
KAI = FONTS + "arphic/ukai.ttc"
HEI = FONTS + "wqy/wqy-zenhei.ttc"
HERE = os.path.dirname(os.path.abspath(sys.argv[0]))


def text(name):
    with open(os.path.join(HERE, name + ".txt"), encoding="utf-8") as file:
        return file.read().rstrip("\n").split("\n")


def save(image, name):
    # Sixteen greys keep the edges of the strokes and a quarter of the bytes.
    grey = image.convert("L").point(lambda value: value // 17 * 17)
    grey.quantize(16).save(os.path.join(HERE, name + ".png"), optimize=True)


def letter():
    """A letter in kai, 40 pixels a character, lines 72 pixels apart from (120, 100)."""
    image = Image.new("L", (1100, 760), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.truetype(KAI, 40)
    for row, line in enumerate(text("letter")):
        draw.text((120, 100 + 72 * row), line, font=font, fill=0)
    save(image, "letter")
    askew = image.rotate(-3, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    save(askew, "skewed")


def columns():
    """Vertical writing in kai, 46 pixels a character, columns from the right at x = 560, 90 apart."""
    image = Image.new("L", (720, 900), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.truetype(KAI, 46)
    for column, line in enumerate(text("columns")):
        for row, character in enumerate(line):
            draw.text((560 - 90 * column, 100 + 54 * row), character, font=font, fill=0)
    save(image, "columns")


def form():
    """A ruled form: cells of 400 × 90 pixels from (60, 60), text in hei, 34 pixels a character."""
    image = Image.new("L", (920, 420), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.truetype(HEI, 34)
    for row, line in enumerate(text("form")):
        for column, cell in enumerate(line.split(" ")):
            left, top = 60 + 200 * column, 60 + 90 * row
            draw.rectangle((left, top, left + 200, top + 90), outline=0, width=3)
            draw.text((left + 22, top + 24), cell, font=font, fill=0)
    save(image, "form")


letter()
columns()
form()
