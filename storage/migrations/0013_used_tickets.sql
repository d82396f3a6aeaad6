-- Tickets of media sockets that a call was taken over with, as fingerprints: one that comes again, at whatever node, takes
-- nothing over. A call has few sockets.

alter table call_sessions add column tickets text[] not null default '{}';
