INSERT INTO realtimekit_meta ("only", schema_version, revision)
VALUES (1,2,3);
INSERT INTO realtimekit_apps (id, account_id, epoch, is_default)
VALUES ('5a3c1f0e-77d2-4b6a-9c1e-0d8f6b2a4c11','0123456789abcdef0123456789abcdef',0,TRUE);
INSERT INTO realtimekit_apps (id, account_id, epoch, is_default)
VALUES ('another-app','0123456789abcdef0123456789abcdef',2,FALSE);
INSERT INTO realtimekit_tokens (token, permissions, accounts, is_default)
VALUES ('made-by-version-1.0','["Realtime", "Realtime Admin"]','["0123456789abcdef0123456789abcdef"]',TRUE);
INSERT INTO realtimekit_tokens (token, permissions, accounts, is_default)
VALUES ('another-token','["Realtime"]','["0123456789abcdef0123456789abcdef"]',FALSE);
INSERT INTO realtimekit_meetings (app, id, microseconds, body)
VALUES (1,'2f3eda06-8a5f-432b-8d84-c3c02777f298',1735689600000000,'{"id":"2f3eda06-8a5f-432b-8d84-c3c02777f298","created_at":"2025-01-01T00:00:00.000Z","updated_at":"2025-01-01T00:00:00.000Z","title":"kept","unknown":{"a":1}}');
INSERT INTO realtimekit_meetings (app, id, microseconds, body)
VALUES (1,'309d3821-65e9-48df-84e1-ae94b37961e9',1735689600001000,'{"id":"309d3821-65e9-48df-84e1-ae94b37961e9","created_at":"2025-01-01T00:00:00.001Z","updated_at":"2025-01-01T00:00:00.001Z","title":"kept too"}');
