"""`python -m realtimekit_cli` is `realtimekit`."""

import sys

from .main import main

sys.exit(main())
