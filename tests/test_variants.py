"""An expression is tried as written and as authors mean it."""

from auditor.checks.variants import variants_of
from auditor.document import parse_document
from auditor.model import Apply, Operation, Reference
from auditor.reading import read


def test_a_product_of_several_factors_is_tried_without_the_bits_of_a_byte() -> None:
    numbers = read(parse_document("Each of 2 hosts sends 5 GB; times 8 that is 80 Gb.")).numbers
    hosts, sent, eight = (Reference(i) for i in range(3))
    written = Apply(Operation.MULTIPLY, (hosts, sent, eight))
    meant = Apply(Operation.MULTIPLY, (hosts, sent))
    assert list(variants_of(written, (0, 1, 2), 3, numbers)) == [written, meant]
