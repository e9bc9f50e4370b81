"""What the bench tells of its blocks: each ratio is taken at one moment, and the median of the moments told."""

from bench.measure import Block, Trio, page_figures


def trio(floor: float, page: float, bare: float) -> Trio:
    return Trio(Block(floor, [floor]), Block(page, [page, page + 1]), Block(bare, [bare]))


def test_a_machine_that_slows_down_between_rounds_changes_no_ratio() -> None:
    quick, slow = trio(10, 20, 18), trio(20, 40, 36)
    for trios in ([quick] * 3, [slow] * 3, [quick, slow, slow]):
        told = page_figures(trios, 7)
        assert (told["ratio"], told["wall"], told["statements"]) == (2.0, 0.2, 7)


def test_one_noisy_moment_is_not_told() -> None:
    told = page_figures([trio(10, 20, 18), trio(10, 21, 18), trio(10, 90, 18)], 0)
    assert (told["ratio"], told["wall"], told["cpu_ms"]) == (2.1, 0.3, 21)
    assert (told["p50_ms"], told["p95_ms"]) == (21.5, 91)
