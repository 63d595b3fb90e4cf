"""What can be asked here, for programs and for people; nothing where no area answers."""

import functools
from importlib import import_module

import orjson

from functions.gateway.area import area
from functions.gateway.reading import CONTENT_SECURITY_POLICY, page
from shared.entry.http import Page
from shared.entry.openapi import document
from shared.entry.operations import Json

AREAS = ("auth", "billing", "events", "sync", "tokens")
CACHED = {"Cache-Control": "public, max-age=300"}


@area.page("/openapi.json", "application/json")
def openapi() -> Page:
    """This document."""
    return Page(orjson.dumps(described()), CACHED)


@area.page("/docs", "text/html; charset=utf-8")
def docs() -> Page:
    """The same, to read."""
    own = {**CACHED, "Content-Security-Policy": CONTENT_SECURITY_POLICY}
    return Page(page(described()).encode(), own)


gateway = area.function()


@functools.cache
def described() -> Json:
    """Made once an instance, when somebody asks: the other areas are not loaded before."""
    areas = [import_module(f"functions.{name}.http").area for name in AREAS]
    return document([*areas, area])
