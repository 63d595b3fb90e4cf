"""The audit's chains: whatever is done to an entry is found, wherever it is done."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.chain import Act, Entry, Head, appended, verified
from tests.builders import NEW_YEAR

Book = dict[str, Entry]
Heads = Mapping[int, Head]


def written(shards: list[int]) -> tuple[Book, dict[int, Head]]:
    """A book of some acts, each in the chain that fell to it."""
    book: Book = {}
    heads: dict[int, Head] = {}
    for number, shard in enumerate(shards):
        act = Act("user:u", "member.put", f"m{number}", {"roles": ["viewer"]})
        at = NEW_YEAR + timedelta(seconds=number)
        entry = appended("audit/t", shard, heads.get(shard, Head()), act, at)
        book[entry.entry_id], heads[shard] = entry, Head(entry.seq, entry.hash)
    return book, heads


shards = st.lists(st.integers(0, 3), min_size=2, max_size=12)


@given(shards)
def test_whatever_was_written_holds(order: list[int]) -> None:
    book, heads = written(order)
    verdict = verified(sorted(book.items()), heads, heads)
    assert (verdict.valid, verdict.entries) == (True, len(order))


@given(shards, st.data())
def test_an_entry_that_is_gone_is_missed_wherever_it_was(
    order: list[int], data: st.DataObject
) -> None:
    book, heads = written(order)
    gone = data.draw(st.sampled_from(sorted(book)))
    del book[gone]
    assert verified(sorted(book.items()), heads, heads).broken_at == gone


@pytest.mark.parametrize("part", ["actor", "action", "target", "details"])
@given(order=shards, data=st.data())
def test_a_changed_entry_is_found(part: str, order: list[int], data: st.DataObject) -> None:
    book, heads = written(order)
    name = data.draw(st.sampled_from(sorted(book)))
    changed = {"details": {"roles": ["owner"]}} if part == "details" else {part: "other"}
    book[name] = book[name]._replace(act=book[name].act._replace(**changed))
    assert verified(sorted(book.items()), heads, heads).broken_at == name


@given(shards, st.data())
def test_two_entries_that_changed_places_are_found(order: list[int], data: st.DataObject) -> None:
    book, heads = written(order)
    one, other = data.draw(
        st.lists(st.sampled_from(sorted(book)), min_size=2, max_size=2, unique=True)
    )
    book[one], book[other] = (
        book[other]._replace(shard=book[one].shard, seq=book[one].seq),
        book[one]._replace(shard=book[other].shard, seq=book[other].seq),
    )
    assert not verified(sorted(book.items()), heads, heads).valid


@given(shards)
def test_an_entry_that_no_head_knows_of_is_found(order: list[int]) -> None:
    book, heads = written(order)
    forged = appended("audit/t", order[0], heads[order[0]], Act("user:x", "a", "b", {}), NEW_YEAR)
    book[forged.entry_id] = forged
    assert verified(sorted(book.items()), heads, heads).broken_at == forged.entry_id


@given(shards)
def test_a_rewritten_end_is_not_what_the_head_says(order: list[int]) -> None:
    book, heads = written(order)
    last = max(name for name, entry in book.items() if entry.shard == order[0])
    end = book[last]
    before = Head(end.seq - 1, end.prev)
    book[last] = appended("audit/t", end.shard, before, Act("user:x", "a", "b", {}), NEW_YEAR)
    assert verified(sorted(book.items()), heads, heads).broken_at == last


@given(shards)
def test_what_is_added_on_the_way_is_no_break(order: list[int]) -> None:
    book, heads = written(order)
    more = appended("audit/t", order[0], heads[order[0]], Act("user:x", "a", "b", {}), NEW_YEAR)
    now = heads | {order[0]: Head(more.seq, more.hash)}
    seen = sorted(book.items())
    assert verified(seen, heads, now).valid
    assert verified(sorted({**book, more.entry_id: more}.items()), heads, now).valid
