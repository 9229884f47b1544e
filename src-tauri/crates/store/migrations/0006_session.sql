-- What proves the account to its server: keys that SCRAM derived from the password (RFC 5802), or the password itself where
-- nothing else will do. In the form of the crate wardline-xmpp.
ALTER TABLE account RENAME COLUMN password TO credential;
UPDATE account SET credential = 'PLAIN$' || credential;
