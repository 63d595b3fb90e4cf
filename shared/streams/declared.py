"""The stream types of the ecosystem. A type that is not here is folded by its last writes."""

from shared.streams import adoptions
from shared.streams.catalogue import catalogue

DECLARED = catalogue(reducers={"adoption": adoptions.REDUCER}, upcasters=adoptions.UPCASTERS)
