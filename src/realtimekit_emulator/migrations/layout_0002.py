"""Layout 2, where the migrations begin: the package made it before there were any."""

revision = "0002"
down_revision = None
