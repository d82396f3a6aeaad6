"""Mistakes that are planted into the private database of a run, to show that the checkers
find them. Each changes the text of functions as the migrations made them."""

# name -> (function, what is replaced, what stands there then)
PLANTS = {
    # A permit is given back because a lease ran out, though its call may be on the wire.
    "released": [
        ("dial_take_over", "x.fence < p_fence and x.state = 'sending'", "false"),
        ("dial_take_over", "x.fence < p_fence and x.state = 'reserved'",
         "x.fence < p_fence and x.state in ('reserved', 'sending')")],
    # An attempt whose create-call was not answered in time goes back to the queue.
    "sent_again": [
        ("dial_answered", "begin",
         "begin\n  p_results := array(select case r when 'unknown' then 'throttled' else r end"
         " from unnest(p_results) with ordinality x (r, i) order by x.i);")],
    # Whoever says that a shard is theirs is believed.
    "fence": [
        ("owns_shard", "and s.owner = p_node and s.fence = p_fence", ""),
        ("owns_shard", "and n.lease_until > clock_timestamp()", ""),
        ("owned_shards", "and s.fence = a.fence and s.owner = p_node", ""),
        ("owned_shards", "where n.lease_until > clock_timestamp()", "")],
}


def plant(rows, name):
    """Replaces the functions. A text that is not found is an error: the plant would be none."""
    for function, right, wrong in PLANTS[name]:
        text = rows.one("select pg_get_functiondef(:'name'::regproc) as text", name=function)
        if right not in text:
            raise RuntimeError(f"plant {name}: {function} does not hold {right!r}")
        rows.run(text.replace(right, wrong, 1))
