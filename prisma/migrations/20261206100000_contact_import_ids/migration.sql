-- Contacts that came in a file with an id are recognised by it: a dry run remembers them beside identifiers, as CONTACT.
alter table contact_import_key alter column type type text using type::text;
