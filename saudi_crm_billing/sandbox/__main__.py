"""`python -m saudi_crm_billing.sandbox --port N`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from saudi_crm_billing.sandbox.command import serve

if __name__ == "__main__":
	parser = argparse.ArgumentParser(
		prog="saudi_crm_billing.sandbox", description="Run a local ZATCA gateway until stopped"
	)
	parser.add_argument("--port", type=int, default=8790)
	parser.add_argument("--faults", type=Path, metavar="FILE", help="a script of faults (JSON)")
	options = parser.parse_args()
	sys.exit(serve(options.port, sys.stdout, options.faults))
