"""What the measurements share: a stopwatch for named parts, and tables of medians with the machine's load.

Beside the time by the wall clock stands the processor time of this process: on a machine that others use too it
tells more of the program, but it leaves out what the database does.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
	"""Milliseconds that one piece of work took."""

	wall: float
	processor: float

	def __add__(self, other: Sample) -> Sample:
		return Sample(self.wall + other.wall, self.processor + other.processor)


class Stopwatch:
	"""Samples of named parts, one each time a part is measured."""

	def __init__(self) -> None:
		self.samples: dict[str, list[Sample]] = {}

	@contextmanager
	def part(self, name: str) -> Iterator[None]:
		wall, processor = time.perf_counter(), time.process_time()
		yield
		sample = Sample((time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000)
		self.samples.setdefault(name, []).append(sample)

	def add_sum(self, name: str, *parts: str) -> None:
		"""The last samples of these parts together, as a part of its own."""
		total = sum((self.samples[part][-1] for part in parts), Sample(0, 0))
		self.samples.setdefault(name, []).append(total)

	def wall(self, name: str) -> float:
		return statistics.median(sample.wall for sample in self.samples[name])

	def fastest(self, name: str) -> float:
		return min(sample.wall for sample in self.samples[name])

	def processor(self, name: str) -> float:
		return statistics.median(sample.processor for sample in self.samples[name])

	def quartiles(self, name: str) -> tuple[float, float]:
		"""Wall times between which half of the samples lie."""
		times = [sample.wall for sample in self.samples[name]]
		if len(times) < 2:
			return times[0], times[0]
		low, _middle, high = statistics.quantiles(times, n=4)
		return low, high


def machine() -> str:
	load = " ".join(f"{value:.1f}" for value in os.getloadavg())
	return f"Python {platform.python_version()}, {os.cpu_count()} processors, load average {load}"


def show_parts(title: str, watch: Stopwatch) -> None:
	"""A line a part: medians, quartiles, the fastest, count."""
	print(f"\n{title}")
	print(
		f"  {'part':<10}{'median ms':>11}{'quartiles':>20}{'fastest':>10}{'processor ms':>14}{'samples':>9}"
	)
	for name, samples in watch.samples.items():
		low, high = watch.quartiles(name)
		print(
			f"  {name:<10}{watch.wall(name):>11.2f}{f'{low:.2f} – {high:.2f}':>20}{watch.fastest(name):>10.2f}"
			f"{watch.processor(name):>14.2f}{len(samples):>9}"
		)
