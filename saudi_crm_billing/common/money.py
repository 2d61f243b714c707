"""Money: exact decimals, rounded half up, once, to the halala."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import lcm

HALALA = Decimal("0.01")
LIMIT = Decimal(10) ** 20
# Not the thread's own, in which a caller may have asked for fewer digits.
_CONTEXT = Context(prec=28)


def to_money(value: Decimal | str | int | float) -> Decimal:
	"""`value` as riyals rounded half up to the halala. Floats go through their text: 2.675 is 2.68.

	Raises ValueError for what is not a finite number.
	"""
	number = to_decimal(value)
	digits = number.adjusted() + 4
	context = _CONTEXT if digits <= _CONTEXT.prec else Context(prec=digits)
	return number.quantize(HALALA, rounding=ROUND_HALF_UP, context=context)


def to_moneys(values: Iterable[float | None]) -> list[Decimal]:
	"""Each as money, nothing as zero; a schedule has few different amounts, so each of them is converted once."""
	figures = [value or 0 for value in values]
	known = {figure: to_money(figure) for figure in set(figures)}
	return [known[figure] for figure in figures]


def converted(amount: Decimal, rate: Decimal) -> Decimal:
	"""An amount of money in another currency, of which `rate` make one of it."""
	return amount if rate == 1 else to_money(amount * rate)


def to_decimal(value: Decimal | str | int | float) -> Decimal:
	"""`value` unrounded; ValueError for what is not a finite number."""
	try:
		number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
	except ArithmeticError as error:
		raise ValueError(f"not an amount of money: {value!r}") from error
	if not number.is_finite():
		raise ValueError(f"not an amount of money: {value!r}")
	return number


def split(total: Decimal, weights: Sequence[Decimal | int]) -> tuple[Decimal, ...]:
	"""Share `total` (whole halalas) by `weights`; the pieces add up to it exactly.

	Largest remainder: every piece is rounded down, then the halalas left over go one each to the largest
	remainders, the earlier piece first. Equal weights therefore give the larger pieces first.
	Raises ValueError for no weights, a negative weight, weights of zero, or a total finer than a halala or from
	10**20 on.
	"""
	equal = len(set(weights)) == 1
	shares = [Fraction(weight) for weight in (weights[:1] if equal else weights)]
	if not shares or min(shares) < 0 or not sum(shares):
		raise ValueError("weights must be given, none negative and not all zero")
	if total != to_money(total) or abs(total) >= LIMIT:
		raise ValueError(f"{total} is finer than a halala, or too large")
	if total < 0:
		return tuple(-piece for piece in split(-total, weights))
	if equal:
		return _equal(int(total * 100), len(weights))
	return tuple(count * HALALA for count in _apportion(int(total * 100), shares))


def _equal(units: int, count: int) -> tuple[Decimal, ...]:
	"""Two sizes at most, so a long plan of equal pieces needs no fractions."""
	size, larger = divmod(units, count)
	return ((size + 1) * HALALA,) * larger + (size * HALALA,) * (count - larger)


def _apportion(units: int, shares: Sequence[Fraction]) -> list[int]:
	"""Whole `units` by `shares`, brought to whole numbers, so that no rounding of a division decides."""
	scale = lcm(*(share.denominator for share in shares))
	weights = [share.numerator * (scale // share.denominator) for share in shares]
	whole = sum(weights)
	exact = [divmod(units * weight, whole) for weight in weights]
	pieces = [piece for piece, _remainder in exact]
	largest_first = sorted(range(len(exact)), key=lambda index: (-exact[index][1], index))
	for index in largest_first[: units - sum(pieces)]:
		pieces[index] += 1
	return pieces
