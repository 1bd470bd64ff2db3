-- The tables that version 1.0 made in PostgreSQL. They stay as they are: such databases are out there.
CREATE TABLE realtimekit_apps (
    key BIGSERIAL NOT NULL,
    id VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    epoch BIGINT NOT NULL,
    is_default BOOLEAN NOT NULL,
    PRIMARY KEY (key),
    UNIQUE (id)
);
CREATE TABLE realtimekit_meetings (
    number BIGSERIAL NOT NULL,
    app BIGINT NOT NULL,
    id VARCHAR NOT NULL,
    microseconds BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (number),
    FOREIGN KEY(app) REFERENCES realtimekit_apps (key)
);
CREATE TABLE realtimekit_meta (
    "only" INTEGER NOT NULL,
    schema_version INTEGER NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY ("only")
);
CREATE TABLE realtimekit_tokens (
    token VARCHAR NOT NULL,
    permissions TEXT NOT NULL,
    accounts TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    PRIMARY KEY (token)
);
CREATE UNIQUE INDEX realtimekit_meetings_by_id ON realtimekit_meetings (app, id);
