"""Copying a collection as a guide would write it: get and set, a document at a time."""

from google.cloud import firestore


def copy(source: firestore.CollectionReference, target: firestore.CollectionReference) -> int:
    """Set what is missing there or differs; how many were set."""
    written = 0
    for document in source.stream():
        wanted, there = document.to_dict() or {}, target.document(document.id)
        if there.get().to_dict() != wanted:
            there.set(wanted)
            written += 1
    return written
