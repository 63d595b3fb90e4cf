"""The audit's chains: whatever is done to an entry is found, wherever it is done."""

import weakref
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.chain import Act, Anchor, Ends, Entry, Head, Verdict, appended, lanes, verified
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


def ends(book: Book, heads: Heads) -> Ends:
    """The heads, and what the book adds up to."""
    anchors: dict[int, Anchor] = {}
    for entry in book.values():
        anchors[entry.shard] = anchors.get(entry.shard, Anchor()).with_entry(entry.hash)
    return Ends(heads, anchors)


def verdict(book: Book, before: Ends, now: Ends | None = None) -> Verdict:
    found, _ = verified(sorted(book.items()), before, lambda: now or before)
    return found


def head_of(book: Book, shard: int) -> Head:
    chain = [entry for entry in book.values() if entry.shard == shard]
    last = max(chain, key=lambda entry: entry.seq, default=None)
    return Head(last.seq, last.hash) if last else Head()


def grown(book: Book, shard: int) -> Book:
    """With one more entry behind whatever end there is."""
    act = Act("user:x", "member.put", "m", {})
    more = appended("audit/t", shard, head_of(book, shard), act, NEW_YEAR)
    return {**book, more.entry_id: more}


shards = st.lists(st.integers(0, 3), min_size=2, max_size=12)


@given(shards)
def test_whatever_was_written_holds(order: list[int]) -> None:
    book, heads = written(order)
    found = verdict(book, ends(book, heads))
    assert (found.valid, found.entries) == (True, len(order))


@given(shards, st.data())
def test_an_entry_that_is_gone_is_missed_wherever_it_was(
    order: list[int], data: st.DataObject
) -> None:
    book, heads = written(order)
    gone = data.draw(st.sampled_from(sorted(book)))
    del book[gone]
    assert verdict(book, ends(book, heads)).broken_at == gone


@pytest.mark.parametrize("part", ["actor", "action", "target", "details"])
@given(order=shards, data=st.data())
def test_a_changed_entry_is_found(part: str, order: list[int], data: st.DataObject) -> None:
    book, heads = written(order)
    name = data.draw(st.sampled_from(sorted(book)))
    changed = {"details": {"roles": ["owner"]}} if part == "details" else {part: "other"}
    book[name] = book[name]._replace(act=book[name].act._replace(**changed))
    assert verdict(book, ends(book, heads)).broken_at == name


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
    assert not verdict(book, ends(book, heads)).valid


@given(shards)
def test_an_entry_that_no_head_knows_of_is_found(order: list[int]) -> None:
    book, heads = written(order)
    forged = appended("audit/t", order[0], heads[order[0]], Act("user:x", "a", "b", {}), NEW_YEAR)
    book[forged.entry_id] = forged
    assert verdict(book, ends(book, heads)).broken_at == forged.entry_id


@given(shards)
def test_a_rewritten_end_is_not_what_the_head_says(order: list[int]) -> None:
    book, heads = written(order)
    last = max(name for name, entry in book.items() if entry.shard == order[0])
    end = book[last]
    before = Head(end.seq - 1, end.prev)
    book[last] = appended("audit/t", end.shard, before, Act("user:x", "a", "b", {}), NEW_YEAR)
    assert verdict(book, ends(book, heads)).broken_at == last


@given(shards)
def test_what_is_added_on_the_way_is_no_break(order: list[int]) -> None:
    book, heads = written(order)
    more = appended("audit/t", order[0], heads[order[0]], Act("user:x", "a", "b", {}), NEW_YEAR)
    longer = {**book, more.entry_id: more}
    now = ends(longer, heads | {order[0]: Head(more.seq, more.hash)})
    assert verdict(book, ends(book, heads), now).valid
    assert verdict(longer, ends(book, heads), now).valid


def resettled(book: Book, anchors: Ends) -> Ends:
    """Heads that say what the book is now, and anchors as they were."""
    return Ends({shard: head_of(book, shard) for shard in range(4)}, anchors.anchors)


@given(shards, st.data(), st.integers(0, 3))
def test_a_chain_that_was_cut_with_its_head_never_comes_to_its_sum_again(
    order: list[int], data: st.DataObject, more: int
) -> None:
    """Nor after any number of entries that are written behind the cut."""
    book, heads = written(order)
    shard, whole = order[0], ends(book, heads)
    left = data.draw(st.integers(0, heads[shard].length - 1))
    cut = {name: e for name, e in book.items() if e.shard != shard or e.seq <= left}
    assert verdict(cut, ends(cut, resettled(cut, whole).heads)).valid
    anchors = dict(whole.anchors)
    for _ in range(more):
        cut = grown(cut, shard)
        anchors[shard] = anchors[shard].with_entry(head_of(cut, shard).hash)
    now = resettled(cut, Ends({}, anchors))
    assert verdict(cut, now).broken_at == f"{shard:x}-{left + more + 1:012d}"


@given(shards)
def test_an_entry_that_was_added_with_its_head_is_none_that_was_written(order: list[int]) -> None:
    book, heads = written(order)
    forged = grown(book, order[0])
    now = resettled(forged, ends(book, heads))
    (name,) = set(forged) - set(book)
    assert verdict(forged, now).broken_at == name


@given(shards, st.integers(0, 3))
def test_a_chain_that_was_rewritten_with_its_head_comes_to_another_sum(
    order: list[int], more: int
) -> None:
    book, heads = written(order)
    shard, anchors = order[0], dict(ends(book, heads).anchors)
    rewritten = {name: entry for name, entry in book.items() if entry.shard != shard}
    for _ in range(heads[shard].length):
        rewritten = grown(rewritten, shard)
    for _ in range(more):
        rewritten = grown(rewritten, shard)
        anchors[shard] = anchors[shard].with_entry(head_of(rewritten, shard).hash)
    now = resettled(rewritten, Ends({}, anchors))
    assert not verdict(rewritten, now).valid


def test_the_lanes_of_a_stored_anchor_hold_half_a_million_entries() -> None:
    assert 2**19 * max(lanes("f" * 64)) < 2**63


def test_entries_are_walked_along_one_by_one_and_the_ends_read_behind_them() -> None:
    book, heads = written([0] * 5)
    held: list[weakref.ref[Passing]] = []

    def passing() -> Iterator[tuple[str, Entry]]:
        for name, entry in sorted(book.items()):
            assert sum(one() is not None for one in held) <= 1
            token = Passing(name)
            held.append(weakref.ref(token))
            yield token, entry

    def behind() -> Ends:
        assert len(held) == len(book)
        return ends(book, heads)

    assert verified(passing(), ends(book, heads), behind)[0].valid


class Passing(str):
    """A name that shows whether anybody still holds it."""

    __slots__ = ("__weakref__",)
